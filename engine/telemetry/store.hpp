#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <utility>

#include "engine/telemetry/sample.hpp"
#include "engine/telemetry/store_columns.hpp"

namespace foretwin::telemetry {

class ChunkPacker;

/// The store of telemetry, opened to append: an HDF5 file that others may read meanwhile.
///
/// Samples are held in memory until commit(), which returns when they are on disk: whatever kills
/// the process then, they are in the file. What was not committed may be lost; what is committed is
/// never touched again. Not safe for several threads; one process writes at a time.
class Store : public SampleSink {
  public:
    /// Opens the file or makes it. EnvironmentError, or InputError when it is no store.
    explicit Store(const std::filesystem::path& path);
    ~Store() override;

    /// What is known of every series.
    std::vector<SeriesInfo> known() const;
    /// Adds those series that the store does not have, all in one step: the file is copied for it.
    /// EnvironmentError when there is no place for that; the store then is as it was.
    void declare(const std::vector<SeriesInfo>& series);

    /// A series that is new is in the file from the next commit() on; until then what is written
    /// goes to a copy of it. Its source is the last one named with from(). InputError when it is
    /// stored in another unit, or is not of numbers (texts) as here.
    std::size_t series(const std::string& device, const SignalDescription& signal) override;
    std::vector<Sample> newest(std::size_t series, std::size_t at_most) override;
    std::optional<double> value_at(std::size_t series, Instant at) override;
    /// Samples of a series come in strictly rising time. Whole chunks are written by themselves.
    void accept(std::size_t series, const Sample& sample) override;
    std::vector<TextSample> newest_texts(std::size_t series, std::size_t at_most) override;
    std::vector<TextSample> texts_at(std::size_t series, Instant at) override;
    /// Time does not fall. A text is cut after 64 KiB.
    void accept_text(std::size_t series, const TextSample& sample) override;

    /// The name of what is read next, kept with the series that it makes.
    void from(const std::string& source) { source_ = source; }
    /// Everything accepted is on disk when this returns. EnvironmentError when it cannot be
    /// written; the file then has what it had before. When it was told beforehand that there is no
    /// place (a full disk), commit() may be tried again; after any other failure the store takes
    /// nothing more and is to be opened again.
    void commit();
    /// Whether it failed in a way that needs it to be opened again.
    bool broken() const { return broken_; }
    /// Samples that are on disk, of all series.
    std::size_t committed() const { return on_disk_; }
    /// So many samples are held before whole chunks are written by themselves: a million unless
    /// told otherwise, and no more while there are new series. In full chunks they are held packed.
    void hold(std::size_t samples);
    /// Chunks are packed on so many threads, told before the first sample; the file is the same for
    /// any number of them.
    void use_threads(unsigned threads);

  private:
    struct Series;
    class Files;
    struct Job;
    enum class Part { whole_chunks, all, texts };
    void make_new_series();
    SeriesColumns& columns_of(Series& series);
    void write(Part part);
    std::vector<Job> jobs(Part part);
    void pack_tails(std::vector<Job>& jobs) const;
    void put(const std::vector<Job>& jobs);
    void settle();
    void publish();
    void hold_on();
    Series& at(std::size_t series, SeriesKind kind);
    Rows newest_rows(Series& series, std::size_t at_most);
    const Rows& full_chunk(Series& series, std::size_t number);
    std::size_t chunk_of(Series& series, Instant at);
    void grew(Series& series);
    void seal(Series& series);

    std::string source_;
    std::unique_ptr<Files> files_;
    std::unique_ptr<ChunkPacker> packer_;
    std::vector<std::unique_ptr<Series>> series_;
    std::map<std::pair<std::string, std::string>, std::size_t> numbers_;  ///< of device and signal
    unsigned threads_ = 1;
    bool new_series_ = false;  ///< some are not in the file yet
    std::size_t hold_ = std::size_t{1} << 20U;
    std::size_t on_disk_ = 0;
    std::size_t pending_ = 0;       ///< accepted, not yet in the file
    std::size_t write_at_ = hold_;  ///< so many pending are too many
    bool broken_ = false;
};

/// The same for reading, in any number of processes at once. A reader in the process of a writer
/// is not possible (HDF5 opens a file once per process).
class StoreReader {
  public:
    explicit StoreReader(std::filesystem::path path);
    ~StoreReader();

    struct Answer {
        std::vector<Sample> samples;
        std::size_t chunks_read = 0;
    };
    struct TextAnswer {
        std::vector<TextSample> samples;
        std::size_t chunks_read = 0;
    };
    std::vector<SeriesInfo> series() const;
    /// The samples with from <= time < to, from only those chunks that can hold them. InputError
    /// when there is no such series, or it is not of numbers (texts).
    Answer read(const std::string& device, const std::string& signal, Instant from,
                Instant to) const;
    TextAnswer read_texts(const std::string& device, const std::string& signal, Instant from,
                          Instant to) const;

    /// scan_columns of any series.
    std::size_t scan(const std::string& device, const std::string& signal, Instant from, Instant to,
                     const RowsTaker& take, unsigned threads) const;
    /// The dictionary of a series of texts.
    const StoreWords& words(const std::string& device, const std::string& signal) const;
    /// Looks at what was appended since, new series included.
    void refresh();

  private:
    void open();
    const SeriesColumns& find(const std::string& device, const std::string& signal) const;
    const SeriesColumns& find(const std::string& device, const std::string& signal,
                              SeriesKind kind) const;
    std::filesystem::path path_;
    std::uint64_t file_number_ = 0;
    Hdf5Handle file_;
    std::vector<SeriesColumns> columns_;
};

}  // namespace foretwin::telemetry
