#pragma once

#include <pybind11/pybind11.h>

#include <utility>

namespace foretwin::python {

/// HDF5 serves one thread at a time: who reads or fills a store, or writes a study's file, holds
/// this meanwhile; turns come in the order in which they were asked for. To be asked for without
/// the interpreter's lock, or the two wait for one another. A waiting main thread hears Ctrl-C:
/// error_already_set then.
class StoreTurn {
  public:
    StoreTurn() { take(); }
    /// For who must not be interrupted.
    struct Deaf {};
    explicit StoreTurn(Deaf) { take_deaf(); }
    ~StoreTurn() { give(); }
    StoreTurn(const StoreTurn&) = delete;
    StoreTurn& operator=(const StoreTurn&) = delete;

    void take();
    void give();
    /// Those who wait now come first.
    void let_others();

    /// The function, called while others have their turn.
    template <class Function>
    auto without(Function function) {
        return [this, function = std::move(function)](const auto&... arguments) {
            give();
            const Back back{*this};
            function(arguments...);
        };
    }

  private:
    struct Back {
        StoreTurn& turn;
        ~Back() { turn.take_deaf(); }
    };
    void take_deaf();
    bool held_ = false;
};

}  // namespace foretwin::python
