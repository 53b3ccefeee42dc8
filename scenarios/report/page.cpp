#include "scenarios/report/page.hpp"

#include "scenarios/report/markup.hpp"
#include "scenarios/report/style.hpp"

namespace foretwin::report {

std::string whole_page(const PageFrame& frame, const std::string& body) {
    const std::string reload = frame.reload_after_s <= 0
                                   ? ""
                                   : "<meta http-equiv=\"refresh\" content=\"" +
                                         std::to_string(frame.reload_after_s) + "\">\n";
    return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
           "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n" +
           reload + text_element("title", "", frame.title) + "\n<style>" + style_sheet +
           "</style>\n</head>\n<body>\n" + (frame.hatched ? hatchings : "") + "<main>\n" + body +
           "<footer>" + escaped(frame.footer) + "</footer>\n</main>\n</body>\n</html>\n";
}

}  // namespace foretwin::report
