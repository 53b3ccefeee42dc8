#pragma once

#include <algorithm>
#include <map>
#include <utility>

#include "engine/telemetry/sample.hpp"

namespace foretwin::telemetry {

/// A store in memory: what was accepted, in the order in which it came.
class MemorySink : public SampleSink {
  public:
    std::size_t series(const std::string& device, const SignalDescription& signal) override {
        const auto found = std::find(names.begin(), names.end(), std::pair(device, signal.name));
        if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
        names.emplace_back(device, signal.name);
        samples.emplace_back();
        texts.emplace_back();
        return names.size() - 1;
    }
    std::vector<Sample> newest(std::size_t series, std::size_t at_most) override {
        const auto& all = samples[series];
        const auto count = static_cast<std::ptrdiff_t>(std::min(at_most, all.size()));
        return {all.end() - count, all.end()};
    }
    std::optional<double> value_at(std::size_t series, Instant at) override {
        for (const Sample& sample : samples[series])
            if (sample.at == at) return sample.value;
        return std::nullopt;
    }
    void accept(std::size_t series, const Sample& sample) override {
        samples[series].push_back(sample);
    }

    std::vector<TextSample> newest_texts(std::size_t series, std::size_t at_most) override {
        const auto& all = texts[series];
        const auto count = static_cast<std::ptrdiff_t>(std::min(at_most, all.size()));
        return {all.end() - count, all.end()};
    }
    std::vector<TextSample> texts_at(std::size_t series, Instant at) override {
        std::vector<TextSample> all;
        for (const TextSample& sample : texts[series])
            if (sample.at == at) all.push_back(sample);
        return all;
    }
    void accept_text(std::size_t series, const TextSample& sample) override {
        texts[series].push_back(sample);
    }

    std::vector<std::pair<std::string, std::string>> names;
    std::vector<std::vector<Sample>> samples;
    std::vector<std::vector<TextSample>> texts;
};

}  // namespace foretwin::telemetry
