#include "engine/telemetry/file_bytes.hpp"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

#include "engine/core/error.hpp"

namespace foretwin::telemetry {

namespace {

struct Close {
    void operator()(gzFile file) const { gzclose_r(file); }
};

/// zlib passes on what is not packed as it stands.
class PackedFile {
  public:
    PackedFile(const std::filesystem::path& path, std::string shown_name, BytesRead told)
        : path_(path),
          shown_name_(std::move(shown_name)),
          told_(std::move(told)),
          file_(gzopen(path.c_str(), "rbe")) {
        if (!file_) refuse_reading();
        constexpr unsigned buffer = 1U << 17U;
        gzbuffer(file_.get(), buffer);
        std::error_code ignored;
        const std::uintmax_t size = std::filesystem::file_size(path, ignored);
        if (!ignored) size_ = static_cast<std::int64_t>(size);
    }

    std::size_t read(char* into, std::size_t size) {
        constexpr std::size_t most = std::size_t{1} << 30U;
        const int got = gzread(file_.get(), into, static_cast<unsigned>(std::min(size, most)));
        int error = Z_OK;
        gzerror(file_.get(), &error);
        if (error == Z_ERRNO) refuse_reading();
        if (got < 0 || error == Z_BUF_ERROR || error == Z_DATA_ERROR)
            throw InputError({shown_name_, 1, 1},
                             error == Z_BUF_ERROR ? "the packed file ends too early"
                                                  : "the packed file is damaged",
                             "get it again from where it came; `gzip -t` must accept it");
        if (told_) told_(got == 0 ? size_ : gzoffset(file_.get()), size_);
        return static_cast<std::size_t>(got);
    }

  private:
    [[noreturn]] void refuse_reading() const {
        throw EnvironmentError("cannot read " + path_.string() +
                               " (does it exist, and may it be read?)");
    }

    std::filesystem::path path_;
    std::string shown_name_;
    BytesRead told_;
    std::int64_t size_ = 0;  ///< 0 of what has none, such as a pipe
    std::unique_ptr<gzFile_s, Close> file_;
};

}  // namespace

ByteSource file_bytes(const std::filesystem::path& path, const std::string& shown_name,
                      BytesRead told) {
    const auto file = std::make_shared<PackedFile>(path, shown_name, std::move(told));
    return [file](char* into, std::size_t size) { return file->read(into, size); };
}

}  // namespace foretwin::telemetry
