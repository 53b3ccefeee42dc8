#pragma once

#include <mutex>

namespace foretwin::python {

/// HDF5 serves one thread at a time: who reads or fills a store, or writes a study's file, holds
/// this meanwhile. To be taken
/// without the interpreter's lock, or the two wait for one another.
class StoreTurn {
  public:
    StoreTurn() : held_(turn()) {}

  private:
    static std::recursive_mutex& turn() {
        static std::recursive_mutex one;
        return one;
    }
    std::lock_guard<std::recursive_mutex> held_;
};

}  // namespace foretwin::python
