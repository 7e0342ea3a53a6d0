# The outside libraries, each found once and given one target name.

find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(ZLIB REQUIRED)
find_package(date REQUIRED)

# Archives in place of shared libraries, where the system has them: each of the seventy libraries
# behind gRPC would be loaded and relocated at every start of the program. TLS and
# the C++ run time stay shared, so that the system's updates reach them.
option(OWLET_ARCHIVES "Link gRPC, protobuf, RocksDB and the like statically" ON)
set(Protobuf_USE_STATIC_LIBS ${OWLET_ARCHIVES})
find_package(Protobuf REQUIRED)

# Replaces each lib*.so among the target's libraries by its archive. The archives name each other in
# circles, hence the group.
function(owlet_use_archives target)
  get_target_property(libraries ${target} INTERFACE_LINK_LIBRARIES)
  set(replaced "")
  foreach(library IN LISTS libraries)
    string(REGEX REPLACE "\\.so$" ".a" archive "${library}")
    if(EXISTS "${archive}" AND NOT library MATCHES "/lib(ssl|crypto|z|rt|dl|pthread)\\.")
      list(APPEND replaced "${archive}")
    else()
      list(APPEND replaced "${library}")
    endif()
  endforeach()
  list(REMOVE_DUPLICATES replaced)
  set_target_properties(${target} PROPERTIES
    INTERFACE_LINK_LIBRARIES "-Wl,--start-group;${replaced};-Wl,--end-group")
endfunction()

function(owlet_pkg target package)
  pkg_check_modules(${target} REQUIRED IMPORTED_TARGET GLOBAL ${package})
  if(OWLET_ARCHIVES)
    owlet_use_archives(PkgConfig::${target})
  endif()
  add_library(owlet::${target} ALIAS PkgConfig::${target})
endfunction()

owlet_pkg(grpc grpc++)
owlet_pkg(pugixml pugixml)
owlet_pkg(zstd libzstd)
owlet_pkg(lz4 liblz4)
owlet_pkg(snappy snappy)
owlet_pkg(isal libisal)
owlet_pkg(xxhash libxxhash)
owlet_pkg(pcre2 libpcre2-8)
owlet_pkg(simdjson simdjson)
owlet_pkg(rocksdb rocksdb)
if(OWLET_ARCHIVES)
  # What its archive does not say it needs.
  target_link_libraries(PkgConfig::rocksdb INTERFACE
    owlet::snappy owlet::lz4 owlet::zstd bz2 ZLIB::ZLIB ${CMAKE_DL_LIBS} Threads::Threads)
endif()
owlet_pkg(tomlplusplus tomlplusplus)

# DuckDB: the prebuilt shared library and its exact headers. Its C++ ABI is tied to one version.
set(OWLET_DUCKDB_VERSION 1.5.5)
set(duckdb_library "${OWLET_DEPS}/duckdb/lib/libduckdb.so")
if(NOT EXISTS "${duckdb_library}" OR NOT EXISTS "${OWLET_DEPS}/duckdb/include/duckdb.hpp")
  message(FATAL_ERROR "DuckDB ${OWLET_DUCKDB_VERSION} is not in ${OWLET_DEPS}: call `./x setup` first")
endif()
add_library(owlet_duckdb SHARED IMPORTED GLOBAL)
set_target_properties(owlet_duckdb PROPERTIES
  IMPORTED_LOCATION "${duckdb_library}"
  INTERFACE_INCLUDE_DIRECTORIES "${OWLET_DEPS}/duckdb/include")
add_library(owlet::duckdb ALIAS owlet_duckdb)

# nanoarrow with the flatcc run time: Arrow IPC. The namespace keeps it apart from DuckDB's own copy.
set(nanoarrow "${OWLET_DEPS}/nanoarrow/src")
set(flatcc "${OWLET_DEPS}/flatcc")
file(READ "${nanoarrow}/nanoarrow/nanoarrow_config.h.in" nanoarrow_config)
string(REPLACE "@NANOARROW_VERSION_MAJOR@" 0 nanoarrow_config "${nanoarrow_config}")
string(REPLACE "@NANOARROW_VERSION_MINOR@" 9 nanoarrow_config "${nanoarrow_config}")
string(REPLACE "@NANOARROW_VERSION_PATCH@" 0 nanoarrow_config "${nanoarrow_config}")
string(REPLACE "@NANOARROW_VERSION@" 0.9.0 nanoarrow_config "${nanoarrow_config}")
string(REPLACE "@NANOARROW_NAMESPACE_DEFINE@" "#define NANOARROW_NAMESPACE OwletNanoarrow"
  nanoarrow_config "${nanoarrow_config}")
file(CONFIGURE OUTPUT "${CMAKE_BINARY_DIR}/nanoarrow/nanoarrow/nanoarrow_config.h"
  CONTENT "${nanoarrow_config}" @ONLY)
add_library(owlet_nanoarrow STATIC
  "${nanoarrow}/nanoarrow/common/array.c" "${nanoarrow}/nanoarrow/common/array_stream.c"
  "${nanoarrow}/nanoarrow/common/schema.c" "${nanoarrow}/nanoarrow/common/utils.c"
  "${nanoarrow}/nanoarrow/ipc/codecs.c" "${nanoarrow}/nanoarrow/ipc/decoder.c"
  "${nanoarrow}/nanoarrow/ipc/encoder.c" "${nanoarrow}/nanoarrow/ipc/reader.c"
  "${nanoarrow}/nanoarrow/ipc/writer.c"
  "${flatcc}/src/runtime/builder.c" "${flatcc}/src/runtime/emitter.c"
  "${flatcc}/src/runtime/verifier.c" "${flatcc}/src/runtime/refmap.c")
target_include_directories(owlet_nanoarrow SYSTEM PUBLIC
  "${CMAKE_BINARY_DIR}/nanoarrow" "${nanoarrow}" "${flatcc}/include")
add_library(owlet::nanoarrow ALIAS owlet_nanoarrow)
