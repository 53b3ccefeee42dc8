#include "engine/calibration/change_point.hpp"

#include <algorithm>
#include <cmath>

#include "engine/core/name_hash.hpp"
#include "engine/random/stream.hpp"

namespace foretwin::calibration {

namespace {

/// What one observation adds: endings and time for exponential laws, 1 and a logarithm for normal
/// ones.
struct Share {
    double count = 0, amount = 0;
};

struct Best {
    std::size_t split = 0;  ///< first of the right part
    double ratio = 0;
};

double exponential_height(double count, double amount) {
    return count > 0 && amount > 0 ? count * std::log(count / amount) : 0;
}

/// The largest likelihood ratio of two levels against one.
Best best_split(std::span<const Share> shares, bool exponential, std::size_t least) {
    Share all;
    for (const Share& one : shares) all.count += one.count, all.amount += one.amount;
    Best best;
    Share left;
    for (std::size_t i = 0; i + least < shares.size(); ++i) {
        left.count += shares[i].count, left.amount += shares[i].amount;
        if (i + 1 < least) continue;
        const Share right{all.count - left.count, all.amount - left.amount};
        // Normal: between-group sum of squares, a monotone function of the likelihood ratio.
        const double ratio = exponential ? exponential_height(left.count, left.amount) +
                                               exponential_height(right.count, right.amount) -
                                               exponential_height(all.count, all.amount)
                                         : left.amount * left.amount / left.count +
                                               right.amount * right.amount / right.count -
                                               all.amount * all.amount / all.count;
        if (ratio > best.ratio) best = {i + 1, ratio};
    }
    return best;
}

class Segmentation {
  public:
    Segmentation(std::span<const Dated> observations, const ChangeRules& rules)
        : observations_(observations), rules_(rules) {
        exponential_ = std::any_of(observations.begin(), observations.end(), [](const Dated& one) {
            return !one.ended || one.value <= 0 || one.entry > 0;
        });
        for (const Dated& one : observations)
            shares_.push_back(exponential_ ? Share{one.ended ? 1.0 : 0.0, one.value - one.entry}
                                           : Share{1, std::log(one.value)});
    }

    std::vector<ChangePoint> find() {
        split(0, shares_.size());
        std::sort(found_.begin(), found_.end(),
                  [](const ChangePoint& a, const ChangePoint& b) { return a.index < b.index; });
        add_levels();
        return std::move(found_);
    }

  private:
    void split(std::size_t from, std::size_t to) {
        if (to - from < 2 * rules_.least) return;
        const std::span<const Share> own(shares_.data() + from, to - from);
        const Best best = best_split(own, exponential_, rules_.least);
        if (best.split == 0) return;
        const double p = p_value(own, best.ratio);
        const double level = rules_.level / (1 + static_cast<double>(found_.size()));
        if (p > std::max(level, 1.0 / (1 + rules_.orders))) return;
        ChangePoint change;
        change.index = from + best.split;
        change.at = observations_[change.index].at;
        change.p_value = p;
        found_.push_back(change);
        split(from, change.index);
        split(change.index, to);
    }

    /// Share of random orders whose largest ratio is as large; Fisher-Yates shuffles.
    double p_value(std::span<const Share> own, double ratio) {
        std::vector<Share> mixed(own.begin(), own.end());
        const int orders = own.size() > 5000 ? std::min(rules_.orders, 199) : rules_.orders;
        int larger = 0;
        for (int k = 0; k < orders; ++k) {
            auto draws =
                random::draws({rules_.seed, static_cast<std::uint32_t>(k)},
                              name_hash("calibration/change point/" + rules_.name), tested_);
            for (std::size_t i = mixed.size(); i > 1; --i)
                std::swap(mixed[i - 1], mixed[draws.below(i)]);
            larger += best_split(mixed, exponential_, rules_.least).ratio >= ratio ? 1 : 0;
        }
        ++tested_;
        return (larger + 1.0) / (orders + 1.0);
    }

    double level_between(std::size_t from, std::size_t to) const {
        Share sum;
        for (std::size_t i = from; i < to; ++i)
            sum.count += shares_[i].count, sum.amount += shares_[i].amount;
        return exponential_ ? sum.amount / sum.count : std::exp(sum.amount / sum.count);
    }

    void add_levels() {
        for (std::size_t i = 0; i < found_.size(); ++i) {
            const std::size_t from = i == 0 ? 0 : found_[i - 1].index;
            const std::size_t to = i + 1 < found_.size() ? found_[i + 1].index : shares_.size();
            found_[i].before = level_between(from, found_[i].index);
            found_[i].after = level_between(found_[i].index, to);
        }
    }

    std::span<const Dated> observations_;
    const ChangeRules& rules_;
    bool exponential_ = false;
    std::vector<Share> shares_;
    std::vector<ChangePoint> found_;
    std::uint32_t tested_ = 0;
};

}  // namespace

std::vector<ChangePoint> find_changes(std::span<const Dated> observations,
                                      const ChangeRules& rules) {
    return Segmentation(observations, rules).find();
}

}  // namespace foretwin::calibration
