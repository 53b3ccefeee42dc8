#include "engine/telemetry/store_words.hpp"

#include <algorithm>

#include "engine/core/error.hpp"
#include "engine/core/rule.hpp"
#include "engine/telemetry/rows.hpp"

namespace foretwin::telemetry {

namespace {

constexpr hsize_t words_chunk = 4096;
/// What stands where nothing was written: no zero, so that it ends no word.
constexpr std::uint8_t nothing = 255;

hsize_t length_of(hid_t dataset) {
    const Hdf5Handle space = owned(H5Dget_space(dataset), H5Sclose, "size the words");
    hsize_t length = 0;
    check(H5Sget_simple_extent_dims(space.id(), &length, nullptr), "size the words");
    return length;
}

/// Space in the file and in memory of bytes [first, first + count).
struct Stretch {
    Hdf5Handle file, memory;
    Stretch(hid_t dataset, hsize_t first, hsize_t count)
        : file(owned(H5Dget_space(dataset), H5Sclose, "size the words")),
          memory(owned(H5Screate_simple(1, &count, nullptr), H5Sclose, "make a space")) {
        check(H5Sselect_hyperslab(file.id(), H5S_SELECT_SET, &first, nullptr, &count, nullptr),
              "choose words");
    }
};

}  // namespace

void StoreWords::create(hid_t group) {
    const hsize_t none = 0;
    const hsize_t any = H5S_UNLIMITED;
    const Hdf5Handle space = owned(H5Screate_simple(1, &none, &any), H5Sclose, "make a space");
    const Hdf5Handle how = owned(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "prepare words");
    check(H5Pset_chunk(how.id(), 1, &words_chunk), "set the chunks");
    check(H5Pset_fill_value(how.id(), H5T_NATIVE_UINT8, &nothing), "set what is not there");
    check(H5Pset_obj_track_times(how.id(), false), "leave out times");
    owned(H5Dcreate2(group, "words", H5T_STD_U8LE, space.id(), H5P_DEFAULT, how.id(), H5P_DEFAULT),
          H5Dclose, "create words");
}

StoreWords::StoreWords(hid_t group)
    : data_(owned(H5Dopen2(group, "words", H5P_DEFAULT), H5Dclose, "open words")) {
    refresh(false);
}

void StoreWords::add(std::string word) {
    const auto code = static_cast<std::uint32_t>(words_.size());
    FORETWIN_RULE(code != no_word, "a dictionary has fewer words than codes");
    bytes_ += word.size() + 1;
    codes_.emplace(word, code);
    words_.push_back(std::move(word));
}

void StoreWords::refresh(bool shared) {
    if (shared) check(H5Drefresh(data_.id()), "look again");
    const hsize_t there = length_of(data_.id());
    if (there <= written_) return;
    std::string fresh(there - written_, '\0');
    const Stretch stretch(data_.id(), written_, fresh.size());
    check(H5Dread(data_.id(), H5T_NATIVE_UINT8, stretch.memory.id(), stretch.file.id(), H5P_DEFAULT,
                  fresh.data()),
          "read words");
    for (std::size_t begin = 0, end = fresh.find('\0'); end != std::string::npos;
         begin = end + 1, end = fresh.find('\0', begin))
        add(fresh.substr(begin, end - begin));
    written_ = bytes_;
    written_words_ = words_.size();
}

const std::string& StoreWords::word(std::uint32_t code) const {
    static const std::string none;
    if (code == no_word) return none;
    if (code < words_.size()) return words_[code];
    throw EnvironmentError("a text of the store is not in its dictionary (the file is damaged)");
}

std::uint32_t StoreWords::code_of(std::string_view text) {
    std::string word(text.substr(0, word_bytes_at_most));
    word.erase(std::remove(word.begin(), word.end(), '\0'), word.end());
    const auto known = codes_.find(word);
    if (known != codes_.end()) return known->second;
    add(std::move(word));
    return static_cast<std::uint32_t>(words_.size() - 1);
}

void StoreWords::write() {
    if (pending_bytes() == 0) return;
    std::string fresh;
    for (std::size_t i = written_words_; i < words_.size(); ++i) fresh += words_[i] + '\0';
    const hsize_t extent = std::max<hsize_t>(bytes_, length_of(data_.id()));
    check(H5Dset_extent(data_.id(), &extent), "extend the words");
    const Stretch stretch(data_.id(), written_, fresh.size());
    check(H5Dwrite(data_.id(), H5T_NATIVE_UINT8, stretch.memory.id(), stretch.file.id(),
                   H5P_DEFAULT, fresh.data()),
          "write words");
    written_ = bytes_;
    written_words_ = words_.size();
}

}  // namespace foretwin::telemetry
