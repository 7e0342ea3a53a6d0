# owlet_aws_wire(emr-serverless [SOURCES N])
#   makes the wire code of one AWS service from its published model (codegen/aws) into the build
#   folder, as library aws_emr_serverless_wire with headers <aws/emr_serverless/...>. N sources hold
#   the tables, so that a large service compiles on more than one core.

set(OWLET_AWS_WIRE_FOLDER "${CMAKE_BINARY_DIR}/generated")
set(OWLET_TOOLS_PYTHON "${OWLET_DEPS}/tools/bin/python" CACHE FILEPATH "Runs the generators")
file(GLOB OWLET_AWS_GENERATOR CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/codegen/aws/*.py")

function(owlet_aws_wire service)
  cmake_parse_arguments(ARG "" "SOURCES" "" ${ARGN})
  if(NOT ARG_SOURCES)
    set(ARG_SOURCES 1)
  endif()
  string(REPLACE "-" "_" namespace "${service}")
  set(folder "${OWLET_AWS_WIRE_FOLDER}/aws/${namespace}")
  set(sources "${folder}/service.cc")
  math(EXPR last "${ARG_SOURCES} - 1")
  foreach(index RANGE ${last})
    list(APPEND sources "${folder}/shapes_${index}.cc")
  endforeach()
  set(headers "${folder}/types.h" "${folder}/schema.h" "${folder}/operations.h")
  set(data "${CMAKE_SOURCE_DIR}/codegen/aws/operations/${service}.txt")
  if(EXISTS "${CMAKE_SOURCE_DIR}/codegen/aws/services/${service}.toml")
    list(APPEND data "${CMAKE_SOURCE_DIR}/codegen/aws/services/${service}.toml")
  endif()
  # The stamp is the output that the rule is timed by: unchanged files keep their time.
  set(stamp "${folder}/stamp")
  add_custom_command(
    OUTPUT "${stamp}"
    BYPRODUCTS ${sources} ${headers}
    COMMAND "${OWLET_TOOLS_PYTHON}" -m codegen.aws.generate ${service} "${OWLET_AWS_WIRE_FOLDER}"
            --sources ${ARG_SOURCES}
    COMMAND "${CMAKE_COMMAND}" -E touch "${stamp}"
    DEPENDS ${OWLET_AWS_GENERATOR} ${data}
    WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}"
    COMMENT "Wire code of ${service}"
    VERBATIM)
  add_custom_target(aws_${namespace}_generated DEPENDS "${stamp}")
  add_library(aws_${namespace}_wire STATIC ${sources} ${headers})
  add_dependencies(aws_${namespace}_wire aws_${namespace}_generated)
  target_include_directories(aws_${namespace}_wire PUBLIC "${OWLET_AWS_WIRE_FOLDER}")
  target_link_libraries(aws_${namespace}_wire PUBLIC owlet_flags protocol_common)
  if(namespace STREQUAL "s3")
    owlet_quick_build(aws_s3_wire)
  else()
    owlet_quick_build(aws_${namespace}_wire COLD)
  endif()
  # The structs are no standard-layout types, as std::optional is none; offsetof of such a type
  # without virtual bases is supported by both compilers.
  target_compile_options(aws_${namespace}_wire PRIVATE -Wno-invalid-offsetof)
endfunction()
