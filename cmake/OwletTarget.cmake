# One folder below src/ is one static library and, with *_test.cc beside the code, one test program.
#
#   owlet_library(core_store DEPS base core_kv LIBRARIES RocksDB)
#     all *.cc of the folder but *_test.cc            -> library core_store
#     all *_test.cc (and *_fixture.cc, for tests only) -> program core_store_test, found by ctest
#   DEPS       folders this one may include (tools/layers.txt says which it may name)
#   LIBRARIES  outside libraries that stay private to the folder
#   PUBLIC     outside libraries whose headers its own headers include
#   TEST_DEPS  what only the tests need
#   PRECOMPILE heavy outside headers that most of the folder's sources include
#   COLD       its code runs once a statement or a command, not once a row or a request

add_library(owlet_flags INTERFACE)
target_include_directories(owlet_flags INTERFACE "${CMAKE_SOURCE_DIR}/src")
target_compile_options(owlet_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -Wswitch
  "-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=")
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  target_compile_options(owlet_flags INTERFACE -march=x86-64-v2)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 reports these for code inside std::expected and std::optional that is correct.
  target_compile_options(owlet_flags INTERFACE
    -Wno-maybe-uninitialized -Wno-missing-field-initializers -Wno-restrict -Wno-dangling-pointer)
else()
  # The members that an initializer leaves out are meant to be empty.
  target_compile_options(owlet_flags INTERFACE -Wno-missing-designated-field-initializers)
endif()

# A build from nothing spends half its time on reading the same headers, and a quarter on optimising what is
# done once a statement. A quick build precompiles the headers, and gives such code (COLD) -O1. Off by default, since
# sources then compile that forgot an include; `./x build` switches it on for `release`, never for `dist`.
option(OWLET_QUICK_BUILD "Precompiled headers, and -O1 for what is done once a statement" OFF)
set(OWLET_COMMON_HEADERS
  <algorithm> <chrono> <cstdint> <expected> <filesystem> <functional> <map> <memory> <optional> <span> <string>
  <string_view> <unordered_map> <utility> <variant> <vector> <fmt/format.h>)

if(OWLET_QUICK_BUILD)
  file(CONFIGURE OUTPUT "${CMAKE_BINARY_DIR}/common_headers.cc" CONTENT "")
  # Other options than a source's own would make its headers useless to it.
  foreach(headers owlet_common_headers owlet_cold_headers)
    add_library(${headers} STATIC "${CMAKE_BINARY_DIR}/common_headers.cc")
    # What all folders have by way of base: other macros would make it useless to them.
    target_link_libraries(${headers} PRIVATE owlet_flags fmt::fmt spdlog::spdlog)
    target_precompile_headers(${headers} PRIVATE ${OWLET_COMMON_HEADERS})
  endforeach()
  target_compile_options(owlet_cold_headers PRIVATE -O1)
endif()

# owlet_quick_build(NAME [COLD] [HEADERS...]): the folder's own precompiled headers, or the common ones for
# targets that add none.
function(owlet_quick_build name)
  cmake_parse_arguments(ARG "COLD" "" "" ${ARGN})
  if(NOT OWLET_QUICK_BUILD)
    return()
  endif()
  if(ARG_UNPARSED_ARGUMENTS)
    target_precompile_headers(${name} PRIVATE ${OWLET_COMMON_HEADERS} ${ARG_UNPARSED_ARGUMENTS})
  elseif(ARG_COLD)
    target_precompile_headers(${name} REUSE_FROM owlet_cold_headers)
  else()
    target_precompile_headers(${name} REUSE_FROM owlet_common_headers)
  endif()
  if(ARG_COLD)
    target_compile_options(${name} PRIVATE -O1)
  endif()
endfunction()

# For sources where GCC 12 reports overflows inside std::string that cannot be: behind a precompiled
# header it no longer knows that the code is the system's, and warns of it.
function(owlet_quiet_string_overflow)
  if(OWLET_QUICK_BUILD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    set_source_files_properties(${ARGN} PROPERTIES
      COMPILE_OPTIONS "-Wno-stringop-overflow;-Wno-array-bounds")
  endif()
endfunction()

function(owlet_library name)
  cmake_parse_arguments(ARG "COLD" "" "DEPS;LIBRARIES;PUBLIC;TEST_DEPS;SOURCES;PRECOMPILE" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS *.cc kernels/*.cc functions/*.cc)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "(_test|_fixture)\\.cc$|/main\\.cc$")
  list(FILTER tests INCLUDE REGEX "(_test|_fixture)\\.cc$")
  add_library(${name} STATIC ${sources} ${ARG_SOURCES})
  set_target_properties(${name} PROPERTIES LINKER_LANGUAGE CXX)
  target_link_libraries(${name} PUBLIC owlet_flags ${ARG_DEPS} ${ARG_PUBLIC} PRIVATE ${ARG_LIBRARIES})
  set(cold "")
  if(ARG_COLD)
    set(cold COLD)
  endif()
  owlet_quick_build(${name} ${cold} ${ARG_PRECOMPILE})
  if(OWLET_TESTS AND tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE ${name} ${ARG_TEST_DEPS} ${ARG_LIBRARIES}
      GTest::gmock GTest::gtest_main)
    gtest_discover_tests(${name}_test DISCOVERY_MODE PRE_TEST PROPERTIES TIMEOUT 120)
  endif()
endfunction()

# A library of the C++ code that protoc makes of this folder's *.proto files; include its headers as
# "core/catalog/records.pb.h". Generated code is not held to our warnings.
function(owlet_protobuf name)
  add_library(${name} STATIC ${ARGN})
  target_link_libraries(${name} PUBLIC protobuf::libprotobuf-lite)
  target_include_directories(${name} SYSTEM PUBLIC "${CMAKE_BINARY_DIR}/generated")
  foreach(proto IN LISTS ARGN)
    file(RELATIVE_PATH path "${CMAKE_SOURCE_DIR}/src" "${CMAKE_CURRENT_SOURCE_DIR}/${proto}")
    string(REGEX REPLACE "\\.proto$" ".pb" stem "${path}")
    set(out "${CMAKE_BINARY_DIR}/generated")
    add_custom_command(
      OUTPUT "${out}/${stem}.cc" "${out}/${stem}.h"
      COMMAND ${CMAKE_COMMAND} -E make_directory "${out}"
      COMMAND protobuf::protoc "--cpp_out=${out}" -I "${CMAKE_SOURCE_DIR}/src" "${path}"
      DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${proto}"
      WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}/src"
      VERBATIM)
    target_sources(${name} PRIVATE "${out}/${stem}.cc" "${out}/${stem}.h")
  endforeach()
endfunction()
