#include "engine/telemetry/csv_stream.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "engine/core/error.hpp"

using namespace foretwin;
using namespace foretwin::telemetry;

namespace {

ByteSource from_text(std::string text) {
    return [text = std::move(text), done = std::size_t{0}](char* into, std::size_t size) mutable {
        const std::size_t count = std::min(size, text.size() - done);
        std::copy_n(text.data() + done, count, into);
        done += count;
        return count;
    };
}

/// "line: field|field" of every record, read with blocks of so many bytes.
std::vector<std::string> records(const std::string& text, std::size_t block) {
    CsvStream stream(from_text(text), "t.csv", block);
    std::vector<std::string> all;
    CsvRecord record;
    while (stream.next(record)) {
        std::string told = std::to_string(record.line) + ":";
        for (std::size_t i = 0; i < record.fields.size(); ++i)
            told += (i == 0 ? " " : "|") + std::string(record.fields[i]) + "@" +
                    std::to_string(record.columns[i]);
        if (!record.defects.empty()) told += std::string(" !") + record.defects.front().what;
        all.push_back(told);
    }
    return all;
}

}  // namespace

TEST_CASE("records are the same wherever the blocks of the file end") {
    const std::string text =
        "\xef\xbb\xbftime,what\r\n1,\"a, "
        "\"\"b\"\"\"\r\n\r\n2,\"two\nlines\"\n3,c\nx\"y,1\n\"z\"z,2\n"
        "4,\"\"\r\n5,\"q\"";
    const std::vector<std::string> expected{"1: time@1|what@6",
                                            "2: 1@1|a, \"b\"@3",
                                            "3: @1",
                                            "4: 2@1|two\nlines@3",
                                            "6: 3@1|c@3",
                                            "7: x\"y@1|1@5 !a quote inside an unquoted field",
                                            "8: z@1|2@6 !text after a closing quote",
                                            "9: 4@1|@3",
                                            "10: 5@1|q@3"};
    for (std::size_t block = 1; block <= text.size() + 1; ++block)
        CHECK(records(text, block) == expected);
}

TEST_CASE("a field ends where it ends, at any distance from where it begins") {
    // The scanner looks at eight bytes at a time, so everything that it looks for stands once at
    // every place of such a word, with bytes beside it that are nearly the same: 0x1f and space,
    // comma and minus, quote and exclamation mark, and all of them with the highest bit.
    for (std::size_t before = 0; before < 20; ++before)
        for (const std::string more : {"", "\xac\xa2\x9f\x80 !-+#"}) {
            const std::string field = std::string(before, '~') + more;
            const std::string second = std::to_string(field.size() + 2);
            const std::string text = field + ",b\n" + field + "\tc\r\nd" + field + "\x1f,\n";
            const std::vector<std::string> expected{
                "1: " + field + "@1|b@" + second, "2: " + field + "\tc@1",
                "3: d" + field + "\x1f@1|@" + std::to_string(field.size() + 4) +
                    " !a control character inside a field"};
            CHECK(records(text, 1 << 10) == expected);
            CHECK(records(text, 5) == expected);
        }
}

TEST_CASE("a quote that never ends is told, and does not swallow memory") {
    CHECK(records("a\n\"b\nc", 4) ==
          std::vector<std::string>{"1: a@1", "2: b\nc@1 !a quoted field that never ends"});
    std::string endless = "a\n\"";
    endless.append(CsvStream::record_bytes + 2 * CsvStream::block_bytes, 'x');
    CsvStream stream(from_text(endless), "t.csv");
    CsvRecord record;
    CHECK(stream.next(record));
    CHECK_THROWS_AS(stream.next(record), InputError);
}
