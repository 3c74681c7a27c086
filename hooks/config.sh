# shellcheck shell=sh disable=SC2034
# got_setting SECTION NAME: sets got_value to the literal at .SECTION.NAME of .got/config.json (true, false, a number), or
# to nothing. A small reader for exactly this: it knows strings and nesting, so that the same words elsewhere do not count.
got_setting() {
  got_value=
  [ -f .got/config.json ] || return 0
  got_value=$(LC_ALL=C awk -v section="$1" -v name="$2" '
    { text = text $0 "\n" }
    length(text) > 1048576 { exit }
    END {
      n = length(text); depth = 0; i = 1; key[1] = ""
      while (i <= n) {
        c = substr(text, i, 1)
        if (c == "\"") {
          word = ""
          for (i++; i <= n && (c = substr(text, i, 1)) != "\""; i++) {
            if (c == "\\") { word = word c; c = substr(text, ++i, 1) }
            word = word c
          }
          last = word
        } else if (c == "{" || c == "[") { depth++; key[depth] = "" }
        else if (c == "}" || c == "]") depth--
        else if (c == ":") key[depth] = last
        else if (c == ",") key[depth] = ""
        else if (c ~ /[A-Za-z0-9+.-]/) {
          word = ""
          for (; i <= n && (c = substr(text, i, 1)) ~ /[A-Za-z0-9+.-]/; i++) word = word c
          i--
          if (depth == 2 && key[1] == section && key[2] == name) found = word
        }
        i++
      }
      print found
    }' .got/config.json 2>/dev/null)
}
