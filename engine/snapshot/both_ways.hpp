#pragma once

#include <bit>
#include <string>
#include <type_traits>
#include <vector>

#include "engine/core/wide.hpp"
#include "engine/snapshot/sealed.hpp"

/// One function for both ways: a template that is called with Put writes, with Get it reads, so
/// that what is written in an order is read in that order. Integers and enumerations take 8 bytes
/// each.
namespace foretwin::snapshot {

class Put {
  public:
    explicit Put(Writer& writer) : writer_(writer) {}
    void operator()(const std::string& text) { writer_.text(text); }
    void operator()(double value) { writer_.number(std::bit_cast<std::uint64_t>(value)); }
    void operator()(Wide value) {
        writer_.number(static_cast<std::uint64_t>(value));
        writer_.number(static_cast<std::uint64_t>(value >> 64));
    }
    template <class Integer>
    requires std::is_integral_v<Integer> || std::is_enum_v<Integer>
    void operator()(Integer value) { writer_.number(static_cast<std::uint64_t>(value)); }
    /// Of plain values, as bytes.
    template <class T>
    void list(const std::vector<T>& values) {
        writer_.list(values);
    }
    /// One by one, each by a call.
    template <class T, class Each>
    void each(const std::vector<T>& values, Each each) {
        writer_.number(values.size());
        for (const T& value : values) each(value);
    }

  private:
    Writer& writer_;
};

class Get {
  public:
    explicit Get(Reader& reader) : reader_(reader) {}
    void operator()(std::string& text) { text = reader_.text(); }
    void operator()(double& value) { value = std::bit_cast<double>(reader_.number()); }
    void operator()(Wide& value) {
        const std::uint64_t low = reader_.number();
        value = (static_cast<Wide>(static_cast<std::int64_t>(reader_.number())) << 64) | low;
    }
    template <class Integer>
    requires std::is_integral_v<Integer> || std::is_enum_v<Integer>
    void operator()(Integer& value) { value = static_cast<Integer>(reader_.number()); }
    template <class T>
    void list(std::vector<T>& values) {
        values = reader_.list<T>();
    }
    template <class T, class Each>
    void each(std::vector<T>& values, Each each) {
        values = std::vector<T>(reader_.count(sizeof(std::uint64_t)));
        for (T& value : values) each(value);
    }

  private:
    Reader& reader_;
};

}  // namespace foretwin::snapshot
