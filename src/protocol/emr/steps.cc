#include <algorithm>
#include <string>
#include <utility>

#include "protocol/emr/handlers.h"
#include "protocol/emr/wire_model.h"

namespace owlet::emr {
namespace {

constexpr std::size_t kStepsOfAPage = 50;

}  // namespace

Result<aws::emr::AddJobFlowStepsOutput> AddJobFlowSteps(
    const Call& call, const aws::emr::AddJobFlowStepsInput& request) {
  OWLET_TRY(std::vector<jobs::StepRequest> steps, FromWire(request.steps));
  for (jobs::StepRequest& step : steps) {
    step.execution_role_arn = request.execution_role_arn.value_or("");
  }
  aws::emr::AddJobFlowStepsOutput reply;
  OWLET_TRY(reply.step_ids,
            call.clusters.AddSteps(call.context.principal, request.job_flow_id, std::move(steps)));
  return reply;
}

Result<aws::emr::DescribeStepOutput> DescribeStep(const Call& call,
                                                  const aws::emr::DescribeStepInput& request) {
  OWLET_TRY(const jobs::Step step,
            call.clusters.FindStep(call.context.principal, request.cluster_id, request.step_id));
  aws::emr::DescribeStepOutput reply;
  reply.step.emplace();
  reply.step->id = step.id;
  reply.step->name = step.request.name;
  reply.step->config = ConfigOf(step);
  reply.step->action_on_failure = std::string(jobs::ActionName(step.request.action_on_failure));
  reply.step->status = StatusOf(step);
  reply.step->execution_role_arn = Given(step.request.execution_role_arn);
  return reply;
}

Result<aws::emr::ListStepsOutput> ListSteps(const Call& call,
                                            const aws::emr::ListStepsInput& request) {
  OWLET_TRY(std::vector<jobs::Step> steps,
            call.clusters.ListSteps(call.context.principal, request.cluster_id));
  if (request.step_ids && !request.step_ids->empty()) {
    for (const std::string& id : *request.step_ids) {
      if (std::ranges::find(steps, id, &jobs::Step::id) == steps.end()) {
        return Fail(Reason::kInvalidArgument, "Step id '" + id + "' is not valid.");
      }
    }
    std::erase_if(steps, [&](const jobs::Step& step) {
      return std::ranges::find(*request.step_ids, step.id) == request.step_ids->end();
    });
  }
  if (request.step_states && !request.step_states->empty()) {
    std::erase_if(steps, [&](const jobs::Step& step) {
      return std::ranges::find(*request.step_states, jobs::StateName(step.state)) ==
             request.step_states->end();
    });
  }
  OWLET_TRY(const auto page, TakePage(std::move(steps), request.marker, kStepsOfAPage));
  aws::emr::ListStepsOutput reply;
  reply.steps.emplace();
  for (const jobs::Step& step : page.items) {
    aws::emr::StepSummary& summary = reply.steps->emplace_back();
    summary.id = step.id;
    summary.name = step.request.name;
    summary.config = ConfigOf(step);
    summary.action_on_failure = std::string(jobs::ActionName(step.request.action_on_failure));
    summary.status = StatusOf(step);
  }
  reply.marker = page.marker;
  return reply;
}

Result<aws::emr::CancelStepsOutput> CancelSteps(const Call& call,
                                                const aws::emr::CancelStepsInput& request) {
  OWLET_TRY(const auto outcomes, call.clusters.CancelSteps(call.context.principal,
                                                           request.cluster_id, request.step_ids));
  aws::emr::CancelStepsOutput reply;
  reply.cancel_steps_info_list.emplace();
  for (const jobs::Clusters::CancelOutcome& outcome : outcomes) {
    aws::emr::CancelStepsInfo& info = reply.cancel_steps_info_list->emplace_back();
    info.step_id = outcome.step_id;
    info.status = outcome.submitted ? "SUBMITTED" : "FAILED";
    info.reason = Given(outcome.reason);
  }
  return reply;
}

}  // namespace owlet::emr
