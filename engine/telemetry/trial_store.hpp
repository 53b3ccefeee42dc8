#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "engine/telemetry/store.hpp"

namespace foretwin::telemetry {

/// What a store would be with more samples: they go to a file of their own beside it, which goes
/// with this object, until it is known whether they are wanted. The store itself is looked into and
/// not written to.
class TrialStore : public SampleSink {
  public:
    /// `store`: the one that there is; nullptr when there is none yet. `path`: its file's name.
    TrialStore(Store* store, const std::filesystem::path& path);
    ~TrialStore() override;
    TrialStore(const TrialStore&) = delete;
    TrialStore& operator=(const TrialStore&) = delete;

    std::size_t series(const std::string& device, const SignalDescription& signal) override;
    std::vector<Sample> newest(std::size_t series, std::size_t at_most) override;
    std::optional<double> value_at(std::size_t series, Instant at) override;
    void accept(std::size_t series, const Sample& sample) override;
    std::vector<TextSample> newest_texts(std::size_t series, std::size_t at_most) override;
    std::vector<TextSample> texts_at(std::size_t series, Instant at) override;
    void accept_text(std::size_t series, const TextSample& sample) override;

    /// Passes on everything, in the order of the series; nothing is accepted afterwards.
    void pour_into(SampleSink& store);

  private:
    struct Both {
        std::optional<std::size_t> below;  ///< in the store
        std::size_t own = 0;
        std::string device;
        SignalDescription signal;
    };
    Store* store_;
    std::vector<SeriesInfo> stored_;
    std::filesystem::path draft_;
    std::optional<Store> own_;
    std::vector<Both> series_;
};

}  // namespace foretwin::telemetry
