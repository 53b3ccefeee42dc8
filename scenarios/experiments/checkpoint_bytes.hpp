#pragma once

#include <list>
#include <string>

#include "scenarios/experiments/checkpoint.hpp"

/// Where studies stand, as sealed bytes and back.
namespace foretwin::experiments {

/// `key`: lines of text that say what the answer depends on.
snapshot::Bytes checkpoint_bytes(const std::string& key, const std::list<StudyState>& studies);

/// Throws InputError for damaged bytes, and for those of another key, with the line that differs.
std::list<StudyState> read_checkpoint(const std::string& key, const snapshot::Bytes& bytes);

}  // namespace foretwin::experiments
