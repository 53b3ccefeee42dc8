#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/kernel/model.hpp"
#include "models/contract/parameter.hpp"
#include "models/external/device_abi.h"

namespace foretwin::external {

/// What a type declares, checked and owned: everything of a `foretwin_device_type` but its handlers
/// and context. Never changes, and lives until the program ends: schemas and reports look into it.
struct Declaration {
    struct State {
        std::string name;
        bool is_integer = false;
        std::uint32_t size = 1;
        std::uint32_t first = 0;  ///< in `numbers` or `counts`
        int parameter = -1;
        double initial = 0;
        std::int64_t initial_count = 0;
    };
    struct Timer {
        std::string name;
        kernel::EventClass event_class = kernel::EventClass::processing_end;
        std::uint32_t slots = 1;
        int parameter = -1;
    };
    struct Figure {
        std::string name;
        std::string unit;
        foretwin_figure_kind kind = FORETWIN_TOTAL;
        double resolution = 0x1p-30;  ///< whole numbers are exact
    };

    DeviceSpec spec;
    std::vector<ParameterSpec> parameters;  ///< as declared, then `capacity` and `next` of a flow
    std::size_t declared = 0;               ///< how many of them are the type's own
    std::vector<State> states;
    std::vector<Timer> timers;
    std::vector<std::string> purposes;
    std::vector<Figure> figures;
    std::uint32_t numbers = 0;
    std::uint32_t counts = 0;
    bool flow = false;
    double highest_power_w = 0;
    kernel::Behaviour behaviour;

    Declaration() = default;
    Declaration(const Declaration&) = delete;
    Declaration& operator=(const Declaration&) = delete;
    /// A text that lives as long as the declaration.
    std::string_view keep(const char* text) { return texts_.emplace_back(text); }

  private:
    std::deque<std::string> texts_;
};

/// A type at work: its declaration, its handlers and what they were given.
class DeviceType {
  public:
    DeviceType(const Declaration& declaration, const foretwin_device_type& type)
        : declaration_(&declaration),
          handlers_(type.handlers),
          context_(type.context),
          release_(type.release) {}
    DeviceType(const DeviceType&) = delete;
    DeviceType& operator=(const DeviceType&) = delete;
    ~DeviceType() {
        if (release_ != nullptr) release_(context_);
    }

    const Declaration& declaration() const { return *declaration_; }
    const foretwin_handlers& handlers() const { return handlers_; }
    void* context() const { return context_; }

  private:
    const Declaration* declaration_;
    foretwin_handlers handlers_;
    void* context_;
    void (*release_)(void*);
};

using DeviceTypePointer = std::shared_ptr<const DeviceType>;

/// Checks a type and copies what it declares. Throws InputError with everything that is wrong.
std::unique_ptr<const Declaration> declare(const foretwin_device_type& type);

}  // namespace foretwin::external
