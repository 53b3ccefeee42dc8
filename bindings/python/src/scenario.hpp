#pragma once

#include <memory>
#include <string>

#include "scenarios/loader/scenario_file.hpp"

namespace foretwin::python {

/// A scenario that Python edits: a tree, and what reading it as a file gave. Until the first edit
/// that is the file as it was written, so that problems have its lines; from then on it is the tree
/// written down again as YAML.
class Scenario {
  public:
    static Scenario read(const std::filesystem::path& path);
    static Scenario parse(const std::string& text, const std::filesystem::path& folder,
                          const std::string& name);
    static Scenario of_tree(loader::Value tree, const std::filesystem::path& folder,
                            const std::string& name);
    /// What text(), folder(), name() and edited() of another one told; unchecked where edited.
    static Scenario restore(const std::string& text, const std::filesystem::path& folder,
                            const std::string& name, bool edited);

    const loader::Value& tree() const { return tree_; }
    /// Where relative files start; absolute, so that it stays when the working folder changes.
    const std::filesystem::path& folder() const { return folder_; }
    const std::string& name() const { return name_; }
    bool edited() const { return edited_; }
    /// The file as it was written, or the tree as YAML.
    std::string text() const;

    /// The node at a path, by the rules of changes (`Filler/cycle`, `/time/horizon`). InputError
    /// when there is none.
    const loader::Value& at(const std::string& path) const;
    bool has(const std::string& path) const;
    /// Puts a value there; maps on the way to it are made. InputError for an impossible path, and
    /// then nothing has changed.
    void set(const std::string& path, loader::Value value);
    void remove(const std::string& path);

    /// Checked whole, baseline and every change; InputError with every problem. Kept until an edit;
    /// who works on it without the interpreter lock holds it, since another thread may edit.
    std::shared_ptr<const loader::ScenarioFile> checked() const;

  private:
    static Scenario of_file(loader::ScenarioFile file, const std::string& name);
    void edit_done();

    loader::Value tree_;
    std::filesystem::path folder_;
    std::string name_;
    bool edited_ = false;
    mutable std::shared_ptr<const loader::ScenarioFile> checked_;
};

}  // namespace foretwin::python
