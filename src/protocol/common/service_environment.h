#pragma once

#include <string>

#include "base/clock.h"
#include "core/access/authenticator.h"

namespace owlet::protocol {

/// What all services of one server share. Does not own what it points to.
struct ServiceEnvironment {
  const access::Authenticator* authenticator = nullptr;
  const Clock* clock = nullptr;
  /// Of requests whose signature names none.
  std::string default_region = "us-east-1";
};

}  // namespace owlet::protocol
