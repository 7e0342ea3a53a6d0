#pragma once

#include "core/engine/functions/cells.h"

namespace owlet::engine {

CellFunctions JavaFormatFunctions();

}  // namespace owlet::engine
