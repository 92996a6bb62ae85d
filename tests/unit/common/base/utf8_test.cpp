#include "common/base/utf8.h"

#include "tests/unit/support.h"

using namespace rind;

TEST_CASE("utf8: characters of every length") {
  CHECK(utf8_at("a", 0).code == 'a');
  CHECK(utf8_at("\xc3\xa9", 0).code == 0xe9);
  CHECK(utf8_at("\xe2\x82\xac", 0).code == 0x20ac);
  CHECK(utf8_at("x\xf0\x9f\x90\x8d", 1).code == 0x1f40d);
  CHECK(utf8_at("x\xf0\x9f\x90\x8d", 1).length == 4);
  CHECK(utf8_at("", 0).length == 0);
  CHECK(is_utf8(""));
  CHECK(is_utf8("na\xc3\xafve \xf4\x8f\xbf\xbf"));
}

TEST_CASE("utf8: what is none") {
  for (const char* bad :
       {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc3", "\xc3(", "\xe0\x80\x80", "\xe0\x9f\xbf",
        "\xe2\x82", "\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x80\x80\x80", "\xf0\x9f\x90",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xfe"}) {
    CHECK(utf8_at(bad, 0).length == 0);
    CHECK_FALSE(is_utf8(std::string("ok") + bad));
  }
}

TEST_CASE("printable: text stays, everything that could forge a line is escaped") {
  CHECK(printable("/opt/\xc3\xa9t\xc3\xa9/\xf0\x9f\x90\x8d") ==
        "/opt/\xc3\xa9t\xc3\xa9/\xf0\x9f\x90\x8d");
  CHECK(printable("a\nb\x1b[2J\x7f\\") == "a\\x0ab\\x1b[2J\\x7f\\x5c");
  CHECK(printable("\xff\xc3(") == "\\xff\\xc3(");
  // NEL, CSI, line separator, right-to-left override, zero width space, byte order mark.
  CHECK(printable("\xc2\x85") == "\\xc2\\x85");
  CHECK(printable("\xc2\x9b") == "\\xc2\\x9b");
  CHECK(printable("\xe2\x80\xa8") == "\\xe2\\x80\\xa8");
  CHECK(printable("\xe2\x80\xae") == "\\xe2\\x80\\xae");
  CHECK(printable("\xe2\x80\x8b") == "\\xe2\\x80\\x8b");
  CHECK(printable("\xef\xbb\xbf") == "\\xef\\xbb\\xbf");
}
