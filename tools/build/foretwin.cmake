# How Foretwin is built: one folder = one target, named after its path; nobody lists source files.
# CMakeLists.txt uses three words: foretwin_module, foretwin_program, and the calls that collect
# tests and benchmarks. foretwin_tests.cmake has the tests.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release)
endif()

# One set of objects serves programs and the Python module; nothing of it is anybody else's to see.
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)

# Used when present: ccache makes repeats fast, mold links in a moment. Clones of the same tree in
# other places, and the builds of one tree (release, wheel), share what ccache keeps.
find_program(FORETWIN_CCACHE ccache)
if(FORETWIN_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
        ${FORETWIN_CCACHE})
endif()
find_program(FORETWIN_MOLD mold)
if(FORETWIN_MOLD)
    add_link_options(-fuse-ld=mold)
endif()

find_package(Threads REQUIRED)
find_package(TBB REQUIRED)
find_package(Eigen3 REQUIRED NO_MODULE)
find_package(yaml-cpp REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(date REQUIRED)
find_package(Boost REQUIRED)
find_package(CLI11 REQUIRED)
find_package(doctest QUIET)
find_package(PkgConfig REQUIRED)
find_package(ZLIB REQUIRED)
pkg_check_modules(HDF5 REQUIRED IMPORTED_TARGET hdf5-serial)
find_package(pugixml REQUIRED)
pkg_check_modules(MOSQUITTO REQUIRED IMPORTED_TARGET libmosquitto)
pkg_check_modules(PROTOBUF REQUIRED IMPORTED_TARGET protobuf-lite)
# Optional: sources of the kind `kafka` say so when it is not there.
pkg_check_modules(RDKAFKA QUIET IMPORTED_TARGET rdkafka++ rdkafka)
set(FORETWIN_KAFKA "")
if(RDKAFKA_FOUND)
    add_library(foretwin_kafka INTERFACE)
    target_link_libraries(foretwin_kafka INTERFACE PkgConfig::RDKAFKA)
    target_compile_definitions(foretwin_kafka INTERFACE FORETWIN_WITH_KAFKA)
    set(FORETWIN_KAFKA foretwin_kafka)
endif()
# Optional, too: files of the format `parquet`. Arrow's C++ library comes from the system or from
# the Python package pyarrow, which brings it with its headers. Only one source file sees them.
set(FORETWIN_PYARROW "" CACHE PATH
    "folder of the Python package pyarrow (its __init__.py is there): reads Parquet with it")
add_library(foretwin_parquet INTERFACE)
if(FORETWIN_PYARROW)
    file(GLOB libraries ${FORETWIN_PYARROW}/libparquet.so* ${FORETWIN_PYARROW}/libarrow.so*)
    list(LENGTH libraries count)
    if(NOT count EQUAL 2 OR NOT EXISTS ${FORETWIN_PYARROW}/include/parquet/arrow/reader.h)
        message(FATAL_ERROR "FORETWIN_PYARROW=${FORETWIN_PYARROW} has no Parquet library; ask "
                            "python -c 'import pyarrow; print(pyarrow.__path__[0])'")
    endif()
    target_link_libraries(foretwin_parquet INTERFACE ${libraries})
    set_source_files_properties(engine/telemetry/parquet_records.cpp PROPERTIES
                                COMPILE_OPTIONS "-isystem;${FORETWIN_PYARROW}/include")
    set(FORETWIN_PARQUET ON)
else()
    find_package(Parquet QUIET)
    if(TARGET Parquet::parquet_shared)
        target_link_libraries(foretwin_parquet INTERFACE Parquet::parquet_shared)
        set(FORETWIN_PARQUET ON)
    else()
        pkg_check_modules(PARQUET QUIET IMPORTED_TARGET parquet)
        if(PARQUET_FOUND)
            target_link_libraries(foretwin_parquet INTERFACE PkgConfig::PARQUET)
            set(FORETWIN_PARQUET ON)
        endif()
    endif()
endif()
if(FORETWIN_PARQUET)
    set_source_files_properties(engine/telemetry/parquet_records.cpp PROPERTIES
                                COMPILE_DEFINITIONS FORETWIN_WITH_PARQUET)
endif()
find_library(FORETWIN_NLOPT nlopt REQUIRED)
add_library(foretwin_nlopt INTERFACE)
target_link_libraries(foretwin_nlopt INTERFACE ${FORETWIN_NLOPT})
if(NOT TARGET yaml-cpp::yaml-cpp AND TARGET yaml-cpp)
    add_library(yaml-cpp::yaml-cpp ALIAS yaml-cpp)
endif()

# Same answer everywhere: no contraction into fused multiply-add, no fast math, no -march=native.
add_library(foretwin_flags INTERFACE)
target_compile_options(foretwin_flags INTERFACE
    -ffp-contract=off -fno-fast-math -Wall -Wextra -Wpedantic -Wshadow -Wconversion
    -Wsign-conversion -Wnon-virtual-dtor -Woverloaded-virtual
    # Warnings are errors under GCC; clang, which tells other things, is judged by clang-tidy.
    # GCC 12 warns falsely about std::string and std::optional (GCC bugs 105651, 80635).
    $<$<CXX_COMPILER_ID:GNU>:-Werror;-Wno-restrict;-Wno-maybe-uninitialized>)
target_include_directories(foretwin_flags INTERFACE ${PROJECT_SOURCE_DIR})
# Builds for debugging and the sanitizers also hold devices to the cells they may look into.
target_compile_definitions(foretwin_flags INTERFACE FORETWIN_VERSION="${PROJECT_VERSION}"
    $<$<CONFIG:Debug>:FORETWIN_CHECK_CELLS>)

function(foretwin_target_name path result)
    string(REPLACE "/" "_" name "${path}")
    set(${result} "foretwin_${name}" PARENT_SCOPE)
endfunction()

# Links `target` with the modules at the given paths, e.g. engine/core models/flow.
function(foretwin_use target scope)
    foreach(used ${ARGN})
        foretwin_target_name(${used} used_target)
        target_link_libraries(${target} ${scope} ${used_target})
    endforeach()
endfunction()

# foretwin_module(engine/kernel USES engine/core ... LINKS TBB::tbb ...)
# USES are the only folders it may include; tests/architecture checks it.
function(foretwin_module path)
    cmake_parse_arguments(MODULE "" "" "USES;LINKS" ${ARGN})
    foretwin_target_name(${path} target)
    file(GLOB sources CONFIGURE_DEPENDS ${path}/*.cpp)
    file(GLOB headers CONFIGURE_DEPENDS ${path}/*.hpp)
    if(sources)
        add_library(${target} STATIC ${sources})
        set(scope PUBLIC)
    else()
        add_library(${target} INTERFACE)
        set(scope INTERFACE)
    endif()
    # With CMAKE_VERIFY_INTERFACE_HEADER_SETS each header is also compiled alone; one with a source
    # is so by that source, which includes it first (tools/checks/lint.py sees to it).
    set(without_source ${headers})
    foreach(source ${sources})
        string(REGEX REPLACE "cpp$" "hpp" own ${source})
        list(REMOVE_ITEM without_source ${own})
    endforeach()
    target_sources(${target} ${scope} FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}
                   FILES ${headers})
    target_sources(${target} ${scope} FILE_SET alone TYPE HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}
                   FILES ${without_source})
    set_target_properties(${target} PROPERTIES INTERFACE_HEADER_SETS_TO_VERIFY alone)
    target_link_libraries(${target} ${scope} foretwin_flags ${MODULE_LINKS})
    foretwin_use(${target} ${scope} ${MODULE_USES})
endfunction()

# foretwin_program(tools/foretwin NAME foretwin USES scenarios): lands in the build folder's top.
function(foretwin_program path)
    cmake_parse_arguments(PROGRAM "" "NAME" "USES;LINKS" ${ARGN})
    file(GLOB sources CONFIGURE_DEPENDS ${path}/*.cpp)
    if(NOT sources)
        return()
    endif()
    add_executable(${PROGRAM_NAME} ${sources})
    set_target_properties(${PROGRAM_NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
    target_link_libraries(${PROGRAM_NAME} PRIVATE foretwin_flags ${PROGRAM_LINKS})
    foretwin_use(${PROGRAM_NAME} PRIVATE ${PROGRAM_USES})
endfunction()

# The Python module foretwin._engine. `pip install .` asks for it (pyproject.toml); elsewhere
# -DFORETWIN_PYTHON=ON does, where pybind11 is.
option(FORETWIN_PYTHON "build the Python module" OFF)
function(foretwin_python_module path)
    cmake_parse_arguments(MODULE "" "NAME" "USES" ${ARGN})
    if(NOT FORETWIN_PYTHON)
        return()
    endif()
    find_package(Python 3.9 REQUIRED COMPONENTS Interpreter Development.Module)
    find_package(pybind11 3.0 CONFIG REQUIRED)
    file(GLOB sources CONFIGURE_DEPENDS ${path}/*.cpp)
    pybind11_add_module(${MODULE_NAME} MODULE NO_EXTRAS ${sources})
    target_link_libraries(${MODULE_NAME} PRIVATE foretwin_flags)
    foretwin_use(${MODULE_NAME} PRIVATE ${MODULE_USES})
    install(TARGETS ${MODULE_NAME} DESTINATION foretwin COMPONENT python)
endfunction()

# One program per file benchmarks/<subject>/<name>_benchmark.cpp; `ninja benchmarks` builds them.
function(foretwin_benchmarks)
    add_custom_target(benchmarks)
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS benchmarks/*_benchmark.cpp)
    foreach(source ${sources})
        get_filename_component(name ${source} NAME_WE)
        add_executable(${name} EXCLUDE_FROM_ALL ${source})
        target_link_libraries(${name} PRIVATE foretwin_flags foretwin_scenarios
                              foretwin_models_reference)
        target_compile_definitions(${name} PRIVATE FORETWIN_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
        add_dependencies(benchmarks ${name})
    endforeach()
endfunction()

include(${CMAKE_CURRENT_LIST_DIR}/foretwin_tests.cmake)
