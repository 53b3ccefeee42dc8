#pragma once

#include <chrono>
#include <cstdint>

namespace foretwin::executors {

/// The only place where executors look at a real clock: to choose between ways that give the same
/// result. Which one was taken shows in reports, never in a result.
class Stopwatch {
  public:
    /// Since it was made or restarted, in seconds.
    double seconds() const;
    void restart();

  private:
    std::chrono::steady_clock::time_point since_ = std::chrono::steady_clock::now();
};

/// Judges whether running side by side pays.
class Pace {
  public:
    /// `sequential_cost` in seconds per event; 0: not known.
    explicit Pace(double sequential_cost) : most_(worth * sequential_cost) {}

    /// To be told after every round how many events were `handled` so far, and how many each group
    /// handled `side_by_side` before one had to hear from another. Whether rounds have been slow
    /// twice running; one slow stretch may be another program's fault.
    bool is_slow(std::uint64_t handled, double side_by_side);

  private:
    static constexpr double seconds_watched = 2e-3;
    /// So many events hide what waiting costs, whatever the machine.
    static constexpr double plenty = 4000;
    /// Side by side must be so much cheaper per event to be worth the processors it takes.
    static constexpr double worth = 0.9;

    double most_;  ///< seconds per event
    Stopwatch watch_;
    std::uint64_t before_ = 0;
    int slow_ = 0;
    bool is_first_ = true;
    bool is_plentiful_ = true;
};

}  // namespace foretwin::executors
