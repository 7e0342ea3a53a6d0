#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

#include "core/engine/functions/cells.h"

// Trino's distributions and confidence intervals. The last argument is the origin of the call.

namespace owlet::engine {

namespace {

namespace math = boost::math;

void Demand(bool holds, const char* message, std::int64_t origin) {
  if (!holds) RaiseTrino("INVALID_FUNCTION_ARGUMENT", message, origin);
}

void BetaCdf(Cells& cells) {
  const double a = cells.Double(0);
  const double b = cells.Double(1);
  const double value = cells.Double(2);
  Demand(value >= 0 && value <= 1, "value must be 0 <= v <= 1", cells.Integer(3));
  Demand(a > 0 && b > 0, "a, b must be > 0", cells.Integer(3));
  cells.SetDouble(math::cdf(math::beta_distribution<double>(a, b), value));
}

void InverseBetaCdf(Cells& cells) {
  const double a = cells.Double(0);
  const double b = cells.Double(1);
  const double p = cells.Double(2);
  Demand(p >= 0 && p <= 1, "p must be 0 >= p >= 1", cells.Integer(3));
  Demand(a > 0 && b > 0, "a, b must be > 0", cells.Integer(3));
  cells.SetDouble(math::quantile(math::beta_distribution<double>(a, b), p));
}

void NormalCdf(Cells& cells) {
  const double mean = cells.Double(0);
  const double deviation = cells.Double(1);
  Demand(deviation > 0, "standardDeviation must be > 0", cells.Integer(3));
  const double value = cells.Double(2);
  cells.SetDouble(0.5 * (1 + std::erf((value - mean) / (deviation * std::sqrt(2.0)))));
}

void InverseNormalCdf(Cells& cells) {
  const double mean = cells.Double(0);
  const double deviation = cells.Double(1);
  const double p = cells.Double(2);
  Demand(p > 0 && p < 1, "p must be 0 > p > 1", cells.Integer(3));
  Demand(deviation > 0, "sd must be > 0", cells.Integer(3));
  cells.SetDouble(math::quantile(math::normal_distribution<double>(mean, deviation), p));
}

void StudentCdf(Cells& cells) {
  Demand(cells.Double(1) > 0, "df must be greater than 0", cells.Integer(2));
  cells.SetDouble(
      math::cdf(math::students_t_distribution<double>(cells.Double(1)), cells.Double(0)));
}

void StudentPdf(Cells& cells) {
  Demand(cells.Double(1) > 0, "df must be greater than 0", cells.Integer(2));
  cells.SetDouble(
      math::pdf(math::students_t_distribution<double>(cells.Double(1)), cells.Double(0)));
}

/// Wilson's score interval of `successes` out of `trials`.
template <bool kUpper>
void Wilson(Cells& cells) {
  const auto successes = static_cast<double>(cells.Integer(0));
  const auto trials = static_cast<double>(cells.Integer(1));
  const double z = cells.Double(2);
  Demand(successes >= 0, "number of successes must not be negative", cells.Integer(3));
  Demand(trials > 0, "number of trials must be positive", cells.Integer(3));
  Demand(successes <= trials, "number of successes must not be larger than number of trials",
         cells.Integer(3));
  Demand(z >= 0, "z-score must not be negative", cells.Integer(3));
  const double p = successes / trials;
  const double middle = p + z * z / 2 / trials;
  const double spread = z * std::sqrt(p * (1 - p) / trials + z * z / 4 / trials / trials);
  cells.SetDouble((kUpper ? middle + spread : middle - spread) / (1 + z * z / trials));
}

}  // namespace

CellFunctions ProbabilityFunctions() {
  return {
      {"trino.beta_cdf", "DOUBLE", BetaCdf},
      {"trino.inverse_beta_cdf", "DOUBLE", InverseBetaCdf},
      {"trino.normal_cdf", "DOUBLE", NormalCdf},
      {"trino.inverse_normal_cdf", "DOUBLE", InverseNormalCdf},
      {"trino.t_cdf", "DOUBLE", StudentCdf},
      {"trino.t_pdf", "DOUBLE", StudentPdf},
      {"trino.wilson_interval_lower", "DOUBLE", Wilson<false>},
      {"trino.wilson_interval_upper", "DOUBLE", Wilson<true>},
  };
}

}  // namespace owlet::engine
