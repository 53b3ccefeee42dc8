#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "scenarios/loader/calendar.hpp"
#include "scenarios/loader/check.hpp"
#include "scenarios/loader/read.hpp"

namespace foretwin::loader {

/// What a name may be made of, as a way out for every name that is not one.
inline constexpr const char* name_rule =
    "1 to 64 printable characters without / . : , # quotes, brackets or edge spaces";

/// Walks a tree along the schema and collects problems. Private to scenarios/loader; see check.hpp.
class Checker {
  public:
    Checker(const Value& tree, const schema::Schema& schema, const Resolver& resolver,
            const std::filesystem::path& folder, Problems& problems);
    void run();

  private:
    // The file, section by section.
    void devices();
    void device(const std::string& name, const Value& value);
    void calendars();
    void time();
    void economics();
    void margins();
    void refuse_short_horizon(const Clock& clock, Problems& problems);
    void kpis();
    void assumptions();
    void changes();

    // Values by kind.
    void section(const Value& value, std::span<const ParameterSpec> keys,
                 std::span<const ParameterSpec> more_keys = {});
    void sections(const Value& value, const ParameterSpec& spec);
    void value(const Value& value, const ParameterSpec& spec);
    void text(const Value& value, const ParameterSpec& spec);
    void choice(const Value& value, const ParameterSpec& spec);
    void count(const Value& value, const ParameterSpec& spec);
    void quantity(const Value& value, const ParameterSpec& spec);
    std::string written_unit(const Value& value, const ParameterSpec& spec) const;
    void distribution(const Value& value, const ParameterSpec& spec);
    void quantities(const Value& value, const ParameterSpec& spec);
    void range(const Value& value, const ParameterSpec& spec, double number);
    void moment(const Value& value);
    void calendar(const Value& value);
    void file(const Value& value);
    void list(const Value& value, const ParameterSpec& spec);
    void names(const Value& value, const ParameterSpec& spec);
    void shares(const Value& value, const ParameterSpec& spec);
    void reference(const std::string& name, const Place& place, const ParameterSpec& spec);

    // What is wrong, with the path of what is being looked at in front.
    void complain(const Place& place, const std::string& what, const std::string& hint = "");
    void attempt(const std::function<void()>& read);
    /// Does something with one more name on the path.
    void below(const std::string& name, const std::function<void()>& inside);

    const Value& tree_;
    const schema::Schema& schema_;
    Reader reader_;
    std::filesystem::path folder_;
    Problems& problems_;
    std::map<std::string, std::string, std::less<>> device_types_;
    std::vector<std::string> device_names_;
    std::set<std::string, std::less<>> fleets_;
    std::string path_;
};

}  // namespace foretwin::loader
