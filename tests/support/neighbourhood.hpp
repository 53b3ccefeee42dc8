#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/kernel/event.hpp"
#include "engine/kernel/model_builder.hpp"
#include "tests/support/dice.hpp"

/// What random models of people have in common: where they live, and how they keep a sum.
namespace foretwin::test {

inline kernel::Event event_of(kernel::DeviceIndex device, std::uint8_t kind,
                              std::uint16_t unit = 0) {
    kernel::Event event;
    event.device = device;
    event.kind = kind;
    event.unit = unit;
    return event;
}

/// A sum that depends on the order of all that happened; kept small, so that it never overflows.
inline Wide mixed(Wide sum, int factor, Time value) {
    return (sum * factor + value) % 1'000'000'007;
}

/// Places, and 1 to `most` people in each. Half of the places mix their names with others': the
/// devices of a place are then not contiguous.
class Neighbourhood {
  public:
    Neighbourhood(Dice& dice, std::uint32_t places, std::uint32_t most) {
        for (std::uint32_t place = 0; place < places; ++place) {
            const auto people = 1 + static_cast<std::uint32_t>(dice.bits() % most);
            for (std::uint32_t person = 0; person < people; ++person) {
                const std::string suffix = std::to_string(100 + place) + std::to_string(person);
                names_.push_back((place % 2 == 0 ? "a" : std::to_string(person)) + suffix);
                place_by_name_.push_back(place);
            }
        }
        people_.resize(places);
        place_of_.resize(names_.size());
    }

    [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

    /// Once the builder has given its indices.
    void settle(const kernel::ModelBuilder& builder) {
        for (std::size_t i = 0; i < names_.size(); ++i) {
            const kernel::DeviceIndex device = builder.index(names_[i]);
            people_[place_by_name_[i]].push_back(device);
            place_of_[device] = place_by_name_[i];
        }
    }

    [[nodiscard]] std::uint32_t place_of(kernel::DeviceIndex device) const {
        return place_of_[device];
    }

    [[nodiscard]] const std::vector<kernel::DeviceIndex>& people(std::uint32_t place) const {
        return people_[place];
    }

    /// Joins a device with all who live where it lives; about half of them it calls.
    [[nodiscard]] std::vector<kernel::DeviceIndex> join_at_home(kernel::ModelBuilder& builder,
                                                                kernel::DeviceIndex device,
                                                                const std::string& why,
                                                                Dice& dice) const {
        std::vector<kernel::DeviceIndex> called;
        for (const kernel::DeviceIndex other : people_[place_of_[device]]) {
            if (other == device) continue;
            builder.join(device, other, why);
            if (dice.bits() % 2 == 0) called.push_back(other);
        }
        return called;
    }

  private:
    std::vector<std::string> names_;
    std::vector<std::uint32_t> place_by_name_;
    std::vector<std::vector<kernel::DeviceIndex>> people_;
    std::vector<std::uint32_t> place_of_;
};

}  // namespace foretwin::test
