#include "protocol/iam/handlers.h"
#include "protocol/iam/wire_model.h"

// Users' passwords, and the account's rules for them. owlet has no console that asks for one.

namespace owlet::iam {
namespace {

namespace wire = aws::iam;

wire::LoginProfile OnWire(const access::User& user) {
  wire::LoginProfile wire;
  wire.user_name = user.name;
  wire.create_date = user.login->created;
  wire.password_reset_required = user.login->reset_required;
  return wire;
}

std::unexpected<Error> NoPasswordPolicy(const Call& call) {
  return Fail(
      Reason::kEntityNotFound,
      "The Password Policy with domain name " + call.identities.account_id() + " cannot be found.",
      "NoSuchEntity");
}

/// The account's rules, as the API gives them.
struct Rules {
  std::int32_t length = 6;
  bool symbols = false;
  bool numbers = false;
  bool upper = false;
  bool lower = false;
};

Rules RulesOf(const std::map<std::string, std::string>& policy) {
  const auto flag = [&](const char* name) {
    const auto found = policy.find(name);
    return found != policy.end() && found->second == "true";
  };
  Rules rules;
  if (const auto found = policy.find("MinimumPasswordLength"); found != policy.end()) {
    rules.length = std::stoi(found->second);
  }
  rules.symbols = flag("RequireSymbols");
  rules.numbers = flag("RequireNumbers");
  rules.upper = flag("RequireUppercaseCharacters");
  rules.lower = flag("RequireLowercaseCharacters");
  return rules;
}

Status CheckPassword(const Call& call, const std::string& password) {
  const Rules rules = RulesOf(call.identities.Settings().password_policy);
  const auto has = [&](auto test) { return std::ranges::any_of(password, test); };
  const auto refuse = [](const std::string& what) {
    return Fail(Reason::kInvalidArgument,
                "Password does not conform to the account password "
                "policy: " +
                    what,
                "PasswordPolicyViolation");
  };
  if (password.size() < static_cast<std::size_t>(rules.length)) {
    return refuse("Password should have a minimum length of " + std::to_string(rules.length));
  }
  const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (rules.upper && !has(upper))
    return refuse("Password should have at least one uppercase letter");
  if (rules.lower && !has(lower))
    return refuse("Password should have at least one lowercase letter");
  if (rules.numbers && !has(digit)) return refuse("Password should have at least one number");
  const auto symbol = [&](char c) { return !upper(c) && !lower(c) && !digit(c); };
  if (rules.symbols && !has(symbol)) return refuse("Password should have at least one symbol");
  return {};
}

Result<wire::CreateLoginProfileResponse> CreateLoginProfile(
    const Call& call, const wire::CreateLoginProfileRequest& request) {
  OWLET_TRY(const std::string name, UserOf(call, request.user_name));
  if (!request.password) {
    return Fail(Reason::kInvalidArgument, "A password is needed", "ValidationError");
  }
  OWLET_CHECK_OK(CheckPassword(call, *request.password));
  OWLET_TRY(const access::User user,
            call.identities.SetPassword(name, request.password,
                                        request.password_reset_required.value_or(false),
                                        /*must_be_new=*/true));
  wire::CreateLoginProfileResponse reply;
  reply.login_profile = OnWire(user);
  return reply;
}

Result<wire::GetLoginProfileResponse> GetLoginProfile(const Call& call,
                                                      const wire::GetLoginProfileRequest& request) {
  OWLET_TRY(const std::string name, UserOf(call, request.user_name));
  OWLET_TRY(const access::User user, call.identities.FindUser(name));
  if (!user.login) {
    return Fail(Reason::kEntityNotFound, "Login Profile for User " + name + " cannot be found.",
                "NoSuchEntity");
  }
  wire::GetLoginProfileResponse reply;
  reply.login_profile = OnWire(user);
  return reply;
}

Result<protocol::Nothing> UpdateLoginProfile(const Call& call,
                                             const wire::UpdateLoginProfileRequest& request) {
  if (request.password) OWLET_CHECK_OK(CheckPassword(call, *request.password));
  OWLET_CHECK_OK(call.identities.SetPassword(request.user_name, request.password,
                                             request.password_reset_required,
                                             /*must_be_new=*/false));
  return protocol::Nothing{};
}

Result<protocol::Nothing> DeleteLoginProfile(const Call& call,
                                             const wire::DeleteLoginProfileRequest& request) {
  OWLET_TRY(const std::string name, UserOf(call, request.user_name));
  OWLET_CHECK_OK(call.identities.DeletePassword(name));
  return protocol::Nothing{};
}

Result<protocol::Nothing> ChangePassword(const Call& call,
                                         const wire::ChangePasswordRequest& request) {
  OWLET_TRY(const std::string name, UserOf(call, std::nullopt));
  OWLET_CHECK_OK(CheckPassword(call, request.new_password));
  OWLET_CHECK_OK(call.identities.ChangePassword(name, request.old_password, request.new_password));
  return protocol::Nothing{};
}

Result<protocol::Nothing> UpdateAccountPasswordPolicy(
    const Call& call, const wire::UpdateAccountPasswordPolicyRequest& request) {
  std::map<std::string, std::string> policy;
  const auto number = [&](const char* name, const std::optional<std::int32_t>& value) {
    if (value) policy[name] = std::to_string(*value);
  };
  const auto flag = [&](const char* name, const std::optional<bool>& value) {
    policy[name] = value.value_or(false) ? "true" : "false";
  };
  policy["MinimumPasswordLength"] = std::to_string(request.minimum_password_length.value_or(6));
  flag("RequireSymbols", request.require_symbols);
  flag("RequireNumbers", request.require_numbers);
  flag("RequireUppercaseCharacters", request.require_uppercase_characters);
  flag("RequireLowercaseCharacters", request.require_lowercase_characters);
  flag("AllowUsersToChangePassword", request.allow_users_to_change_password);
  flag("HardExpiry", request.hard_expiry);
  number("MaxPasswordAge", request.max_password_age);
  number("PasswordReusePrevention", request.password_reuse_prevention);
  OWLET_CHECK_OK(call.identities.EditSettings([&](access::AccountSettings& settings) -> Status {
    settings.password_policy = std::move(policy);
    return {};
  }));
  return protocol::Nothing{};
}

Result<wire::GetAccountPasswordPolicyResponse> GetAccountPasswordPolicy(const Call& call,
                                                                        const protocol::Nothing&) {
  const auto policy = call.identities.Settings().password_policy;
  if (policy.empty()) return NoPasswordPolicy(call);
  const auto flag = [&](const char* name) { return policy.at(name) == "true"; };
  const auto number = [&](const char* name) -> std::optional<std::int32_t> {
    const auto found = policy.find(name);
    if (found == policy.end()) return std::nullopt;
    return std::stoi(found->second);
  };
  wire::GetAccountPasswordPolicyResponse reply;
  wire::PasswordPolicy& wire = reply.password_policy;
  wire.minimum_password_length = number("MinimumPasswordLength");
  wire.require_symbols = flag("RequireSymbols");
  wire.require_numbers = flag("RequireNumbers");
  wire.require_uppercase_characters = flag("RequireUppercaseCharacters");
  wire.require_lowercase_characters = flag("RequireLowercaseCharacters");
  wire.allow_users_to_change_password = flag("AllowUsersToChangePassword");
  wire.hard_expiry = flag("HardExpiry");
  wire.max_password_age = number("MaxPasswordAge");
  wire.password_reuse_prevention = number("PasswordReusePrevention");
  wire.expire_passwords = wire.max_password_age.value_or(0) > 0;
  return reply;
}

Result<protocol::Nothing> DeleteAccountPasswordPolicy(const Call& call, const protocol::Nothing&) {
  OWLET_CHECK_OK(call.identities.EditSettings([&](access::AccountSettings& settings) -> Status {
    if (settings.password_policy.empty()) return NoPasswordPolicy(call);
    settings.password_policy.clear();
    return {};
  }));
  return protocol::Nothing{};
}

}  // namespace

void RegisterLogins(Registrar& registrar) {
  namespace operations = aws::iam::operations;
  registrar.On<operations::CreateLoginProfile>(CreateLoginProfile);
  registrar.On<operations::GetLoginProfile>(GetLoginProfile);
  registrar.On<operations::UpdateLoginProfile>(UpdateLoginProfile);
  registrar.On<operations::DeleteLoginProfile>(DeleteLoginProfile);
  registrar.On<operations::ChangePassword>(ChangePassword);
  registrar.On<operations::UpdateAccountPasswordPolicy>(UpdateAccountPasswordPolicy);
  registrar.On<operations::GetAccountPasswordPolicy>(GetAccountPasswordPolicy);
  registrar.On<operations::DeleteAccountPasswordPolicy>(DeleteAccountPasswordPolicy);
}

}  // namespace owlet::iam
