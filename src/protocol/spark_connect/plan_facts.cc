#include "protocol/spark_connect/plan_facts.h"

#include <algorithm>

#include "core/plan/resolved_walk.h"

namespace owlet::spark_connect {

namespace {

template <class Visit>
void VisitNodes(const plan::NodePtr& root, const Visit& visit) {
  std::vector<plan::NodePtr> pending = {root};
  while (!pending.empty()) {
    const plan::NodePtr node = pending.back();
    pending.pop_back();
    if (!node) continue;
    visit(*node);
    for (plan::NodePtr& input : plan::InputsOf(*node)) pending.push_back(std::move(input));
  }
}

}  // namespace

Result<std::vector<std::string>> InputFiles(Services& services, const ResolvedQuery& query,
                                            const engine::ExecutionContext& context) {
  std::vector<std::shared_ptr<const plan::TableSource>> sources;
  VisitNodes(query.node, [&](const plan::Node& node) {
    if (const auto* scan = std::get_if<plan::ScanNode>(&node.node)) sources.push_back(scan->source);
  });
  std::vector<std::string> all;
  for (const auto& source : sources) {
    OWLET_TRY(const std::vector<std::string> files, services.engine.ListFiles(*source, context));
    for (const std::string& file : files) {
      if (std::ranges::find(all, file) == all.end()) all.push_back(file);
    }
  }
  return all;
}

Result<std::string> Meaning(Services& services, const ResolvedQuery& query,
                            const engine::ExecutionContext& context) {
  OWLET_TRY(std::string text, services.engine.Explain(query.node, context));
  text.resize(std::min(text.find("\n\n"), text.size()));  // the statement; its plan is behind it
  VisitNodes(query.node, [&](const plan::Node& node) {
    if (const auto* local = std::get_if<plan::LocalNode>(&node.node); local && local->arrow_ipc) {
      text += *local->arrow_ipc;
    }
    if (const auto* scan = std::get_if<plan::ScanNode>(&node.node)) {
      text += scan->source->table_name;
      for (const std::string& path : scan->source->paths) text += '\n' + path;
    }
  });
  return text;
}

}  // namespace owlet::spark_connect
