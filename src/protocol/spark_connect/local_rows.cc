#include "protocol/spark_connect/local_rows.h"

namespace owlet::spark_connect {

plan::NodePtr ToNode(const LocalRows& rows) {
  plan::ValuesNode values;
  for (const auto& row : rows.rows) {
    std::vector<plan::BoundPtr> bound;
    for (std::size_t i = 0; i < row.size(); ++i) {
      bound.push_back(std::make_shared<const plan::Bound>(
          plan::Bound{row[i], rows.schema[i].type, row[i].IsNull()}));
    }
    values.rows.push_back(std::move(bound));
  }
  plan::Node node;
  node.node = std::move(values);
  plan::ColumnId id = 0;
  for (const plan::Field& field : rows.schema) {
    node.columns.push_back({id++, field.name, field.type, field.nullable, field.metadata});
  }
  return std::make_shared<const plan::Node>(std::move(node));
}

LocalRows OneText(const std::string& column, const std::string& text) {
  return {{{column, plan::Type::Varchar(), false, ""}}, {{plan::Literal::String(text)}}};
}

}  // namespace owlet::spark_connect
