# How tests are found: nobody lists them either.
#   tests/<path>/*_test.cpp   one doctest program per folder; tests/engine/core -> test_engine_core,
#                             which links the module engine/core (or all, when there is none)
#   tests/**/*_test.sh, .py   run as they are, with the command line's path in FORETWIN

enable_testing()  # here, because inside a function it would end with the function

# Oracles run at this share of their length; the sanitizer presets use one per cent.
set(FORETWIN_ORACLE_LENGTH 1 CACHE STRING "share of the full length that oracle tests run")

# Under a sanitizer, scripts are left out: they judge speed, files and text, not memory.
option(FORETWIN_SCRIPT_TESTS "register the shell and Python tests" ON)

# Thread sanitizer looks only where threads are: a regular expression over tests/<path>.
set(FORETWIN_TESTED ".*" CACHE STRING "folders below tests/ whose programs are built")

set(FORETWIN_TEST_ENVIRONMENT
    "FORETWIN=${CMAKE_BINARY_DIR}/foretwin"
    "FORETWIN_SOURCE_DIR=${PROJECT_SOURCE_DIR}"
    "FORETWIN_BUILD_DIR=${CMAKE_BINARY_DIR}"
    "FORETWIN_ORACLE_LENGTH=${FORETWIN_ORACLE_LENGTH}")

function(foretwin_test_properties name)
    set_tests_properties(${name} PROPERTIES TIMEOUT 900 WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
                         ENVIRONMENT "${FORETWIN_TEST_ENVIRONMENT}")
endfunction()

function(foretwin_test_program path folder)
    foretwin_target_name(${path} module)
    string(REPLACE "foretwin_" "test_" name ${module})
    file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.cpp)
    add_executable(${name} ${sources})
    # Tests are compiled for compile time, not speed; what they call is compiled as always.
    target_compile_options(${name} PRIVATE $<$<CONFIG:Release>:-O1>)
    if(TARGET ${module})
        target_link_libraries(${name} PRIVATE ${module})
    else()
        target_link_libraries(${name} PRIVATE foretwin_scenarios)
    endif()
    # Devices are tested as a scenario uses them (tests/support/plant.hpp).
    if(path MATCHES "^models/(energy|flow|reliability|people)")
        target_link_libraries(${name} PRIVATE foretwin_scenarios_assembly)
    endif()
    if(path STREQUAL "models/external")  # and as a study runs them
        target_link_libraries(${name} PRIVATE foretwin_scenarios)
    endif()
    if(path STREQUAL "engine/forecast")  # forecasts are tested by their scores
        target_link_libraries(${name} PRIVATE foretwin_engine_statistics)
    endif()
    if(path STREQUAL "models/reference")
        target_link_libraries(${name} PRIVATE foretwin_engine_executors)
    endif()
    if(path STREQUAL "engine/executors")
        target_link_libraries(${name} PRIVATE foretwin_models_reference)
    endif()
    target_link_libraries(${name} PRIVATE foretwin_flags foretwin_test_main)
    add_dependencies(tested ${name})
    target_compile_definitions(${name} PRIVATE
        FORETWIN_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
        FORETWIN_ORACLE_LENGTH=${FORETWIN_ORACLE_LENGTH})
    if(path MATCHES "^known_answers")
        # Oracles run long: one entry per file, so that they share the cores.
        foreach(source ${sources})
            get_filename_component(file ${source} NAME_WE)
            add_test(NAME ${path}/${file} COMMAND ${name} --source-file=*/${file}.cpp)
            foretwin_test_properties(${path}/${file})
            set_tests_properties(${path}/${file} PROPERTIES LABELS oracle)
        endforeach()
    else()
        add_test(NAME ${path} COMMAND ${name})
        foretwin_test_properties(${path})
        # The longest one first, or one core waits for it at the end.
        if(path STREQUAL "engine/executors")
            set_tests_properties(${path} PROPERTIES COST 1000)
        endif()
    endif()
endfunction()

function(foretwin_script_tests)
    find_program(FORETWIN_TEST_PYTHON NAMES python3 PATHS /usr/bin NO_DEFAULT_PATH)
    file(GLOB_RECURSE scripts CONFIGURE_DEPENDS tests/*_test.sh tests/*_test.py)
    foreach(script ${scripts})
        file(RELATIVE_PATH name ${PROJECT_SOURCE_DIR}/tests ${script})
        if(script MATCHES "\\.py$")
            add_test(NAME ${name} COMMAND ${FORETWIN_TEST_PYTHON} ${script})
        else()
            add_test(NAME ${name} COMMAND bash ${script})
        endif()
        foretwin_test_properties(${name})
        if(name STREQUAL "bindings/python/package_test.sh")
            set_tests_properties(${name} PROPERTIES COST 900)  # long: it begins early
        endif()
        if(name MATCHES "^known_answers/.*\\.py$")
            set_tests_properties(${name} PROPERTIES LABELS oracle TIMEOUT 1800)
        endif()
    endforeach()
endfunction()

function(foretwin_tests)
    if(NOT doctest_FOUND)
        message(STATUS "doctest is not installed: no tests are built")
        return()
    endif()
    add_library(foretwin_test_main STATIC tests/main.cpp)
    add_custom_target(tested)  # every test program, and nothing else
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS tests/*_test.cpp)
    set(folders "")
    foreach(source ${sources})
        get_filename_component(folder ${source} DIRECTORY)
        list(APPEND folders ${folder})
    endforeach()
    list(REMOVE_DUPLICATES folders)
    foreach(folder ${folders})
        file(RELATIVE_PATH path ${PROJECT_SOURCE_DIR}/tests ${folder})
        if(path MATCHES "${FORETWIN_TESTED}")
            foretwin_test_program(${path} ${folder})
        endif()
    endforeach()
    # What other compilers build for the golden fingerprints (tools/test, determinism).
    add_executable(foretwin_fingerprint EXCLUDE_FROM_ALL
                   tests/known_answers/golden/fingerprint_program.cpp)
    target_link_libraries(foretwin_fingerprint PRIVATE foretwin_flags
                          foretwin_scenarios_experiments)
    if(FORETWIN_SCRIPT_TESTS)
        foretwin_script_tests()
    endif()
endfunction()
