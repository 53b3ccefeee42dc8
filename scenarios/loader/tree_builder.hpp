#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "scenarios/loader/value.hpp"

namespace foretwin::loader {

/// Thrown (and caught) inside a reader when going on makes no sense; the problem is noted already.
struct StopReading {};

/// Puts a tree together from the events of a YAML or JSON parser; refuses duplicate keys and what
/// passes the limits.
class TreeBuilder {
  public:
    TreeBuilder(const std::string& file, const Limits& limits, Problems& problems);

    bool wants_key() const;  ///< inside a map, before a key
    void key(const std::string& name, int line, int column);
    void leaf(Value value, int line, int column);
    void open(Value::Kind kind, int line, int column);
    void close();
    /// Appends a problem at a position of this file.
    void complain(int line, int column, std::string what, std::string hint);
    Value take() { return std::move(root_); }

  private:
    struct Frame {
        Value value;
        std::set<std::string, std::less<>> seen;
        std::string key;
        int key_line = 0;
        int key_column = 0;
        bool has_key = false;
    };
    void attach(Value value);
    void count(int line, int column);

    std::shared_ptr<const std::string> file_;
    Limits limits_;
    Problems* problems_;
    std::vector<Frame> open_;
    Value root_;
    std::size_t nodes_ = 0;
};

}  // namespace foretwin::loader
