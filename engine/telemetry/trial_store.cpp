#include "engine/telemetry/trial_store.hpp"

#include <unistd.h>

#include <algorithm>
#include <limits>

#include "engine/telemetry/chunk_filter.hpp"

namespace foretwin::telemetry {

namespace {

/// Those of the store, too, when the trial has not as many.
template <class T, class More>
std::vector<T> together(std::vector<T> own, std::size_t at_most, const More& more) {
    if (own.size() >= at_most) return own;
    std::vector<T> all = more(at_most - own.size());
    all.insert(all.end(), own.begin(), own.end());
    return all;
}

}  // namespace

TrialStore::TrialStore(Store* store, const std::filesystem::path& path)
    : store_(store), draft_(path.string() + "." + std::to_string(::getpid()) + ".1.partial") {
    if (store != nullptr) stored_ = store->known();
    std::error_code ignored;
    std::filesystem::remove(draft_, ignored);  // of a process that had the same number
    own_.emplace(draft_);
}

TrialStore::~TrialStore() {
    own_.reset();
    std::error_code ignored;
    std::filesystem::remove(draft_, ignored);
}

std::size_t TrialStore::series(const std::string& device, const SignalDescription& signal) {
    const bool there = std::any_of(stored_.begin(), stored_.end(), [&](const SeriesInfo& info) {
        return info.device == device && info.signal == signal.name;
    });
    Both both;
    if (there) both.below = store_->series(device, signal);
    both.own = own_->series(device, signal);
    both.device = device;
    both.signal = signal;
    series_.push_back(std::move(both));
    return series_.size() - 1;
}

std::vector<Sample> TrialStore::newest(std::size_t series, std::size_t at_most) {
    const Both& both = series_[series];
    return together(own_->newest(both.own, at_most), at_most, [&](std::size_t more) {
        return both.below ? store_->newest(*both.below, more) : std::vector<Sample>{};
    });
}

std::optional<double> TrialStore::value_at(std::size_t series, Instant at) {
    const Both& both = series_[series];
    const auto own = own_->value_at(both.own, at);
    return own || !both.below ? own : store_->value_at(*both.below, at);
}

void TrialStore::accept(std::size_t series, const Sample& sample) {
    own_->accept(series_[series].own, sample);
}

std::vector<TextSample> TrialStore::newest_texts(std::size_t series, std::size_t at_most) {
    const Both& both = series_[series];
    return together(own_->newest_texts(both.own, at_most), at_most, [&](std::size_t more) {
        return both.below ? store_->newest_texts(*both.below, more) : std::vector<TextSample>{};
    });
}

std::vector<TextSample> TrialStore::texts_at(std::size_t series, Instant at) {
    const Both& both = series_[series];
    return together(
        own_->texts_at(both.own, at), std::numeric_limits<std::size_t>::max(), [&](std::size_t) {
            return both.below ? store_->texts_at(*both.below, at) : std::vector<TextSample>{};
        });
}

void TrialStore::accept_text(std::size_t series, const TextSample& sample) {
    own_->accept_text(series_[series].own, sample);
}

void TrialStore::pour_into(SampleSink& store) {
    own_->commit();
    own_.reset();
    const StoreReader reader(draft_);
    constexpr Instant first = std::numeric_limits<Instant>::min();
    for (const Both& one : series_) {
        const std::size_t series = store.series(one.device, one.signal);
        const auto pass = [&](const Rows& rows) {
            for (std::size_t i = 0; i < rows.size(); ++i) store.accept(series, rows.sample(i));
        };
        const auto pass_texts = [&](const Rows& rows) {
            const StoreWords& words = reader.words(one.device, one.signal.name);
            for (std::size_t i = 0; i < rows.size(); ++i)
                store.accept_text(series, {rows.at[i], words.word(rows.code[i]),
                                           words.word(rows.detail[i]), rows.quality[i]});
        };
        if (one.signal.texts)
            reader.scan(one.device, one.signal.name, first, no_instant, pass_texts,
                        usable_threads());
        else
            reader.scan(one.device, one.signal.name, first, no_instant, pass, usable_threads());
    }
}

}  // namespace foretwin::telemetry
