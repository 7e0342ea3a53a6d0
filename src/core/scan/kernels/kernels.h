#pragma once

#include "core/scan/json_walk.h"

namespace owlet::scan {

/// One function an instruction set, each in the file of its name, which alone is compiled for it.
WalkEnd WalkAvx512(JsonWalk& walk);
WalkEnd WalkAvx2(JsonWalk& walk);
WalkEnd WalkNeon(JsonWalk& walk);
WalkEnd WalkPlain(JsonWalk& walk);

}  // namespace owlet::scan
