#pragma once

namespace duckdb {
class ClientContext;
}

namespace owlet::engine {

/// Makes the table function `owlet_local(leaf)`: the rows of a statement's LocalLeaf by its number,
/// columns f0, f1 ... in the types that its Arrow schema stands for.
void RegisterLocalScan(duckdb::ClientContext& context);

}  // namespace owlet::engine
