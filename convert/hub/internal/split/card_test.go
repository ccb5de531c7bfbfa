package split_test

import (
	"strings"
	"testing"

	"github.com/promptmill/promptmill/convert/hub/internal/split"
)

// cardConfigs returns the names of the configs that a README and a .huggingface.yaml declare.
func cardConfigs(readme, standalone string) ([]string, error) {
	c, err := split.ParseCard([]byte(readme), []byte(standalone))
	return c.Names(), err
}

// Python's YAML is version 1.1. What it does not read as text, `datasets` refuses as a name.
func TestParseCard_names(t *testing.T) {
	for value, isText := range map[string]bool{
		"a": true, "x y": true, "1.5.2": true, "1e5": true, "0o17": true, "y": true, "08": true, "1_a": true, "-": false, "'007'": true,
		`"no"`: true, "!!str 7": true, "2024-1-1": true, "日本": true,
		"007": false, "7": false, "1_000": false, "0x1F": false, "0b1": false, "12:30": false, "1.5": false, ".5": false, "1.e+3": false,
		".inf": false, "-.INF": false, ".NaN": false, "no": false, "Yes": false, "on": false, "OFF": false, "true": false,
		"~": false, "null": false, "": false, "''": false, "2024-01-01": false, "2024-1-1 10:00:00": false, "=": false, "[a]": false, "{a: b}": false,
		"a/b": false, `'a:b'`: false, "'a*'": false,
	} {
		names, err := cardConfigs("---\nconfigs:\n- config_name: "+value+"\n---\n", "")
		if (err == nil) != isText || isText && len(names) != 1 {
			t.Errorf("config_name: %s: %q, %v; want it to be text: %v", value, names, err, isText)
		}
	}
}

func TestParseCard_frontMatter(t *testing.T) {
	const yaml = "configs:\n- config_name: a\n"
	for text, want := range map[string]int{
		"---\n" + yaml + "---\n":                  1,
		"\u00a0\n---\n" + yaml + "---":            1,
		"---\r\n" + yaml + "---\r\nx":             1,
		"\n\n---\n" + yaml + "--- \nx":            1,
		"---\n" + yaml:                            0, // never closed
		"x\n---\n" + yaml + "---\n":               0,
		"----\n" + yaml + "---\n":                 0,
		"":                                        0,
		"---":                                     0,
		"---\n---\n" + yaml + "---\n":             1, // the second may begin the metadata
		"---\nlicense: mit\n---\n" + yaml + "---": 0,
	} {
		got, err := cardConfigs(text, "")
		if len(got) != want || err != nil {
			t.Errorf("%q: configs %q, %v; want %d", text, got, err, want)
		}
	}
}

func TestParseCard_standalone(t *testing.T) {
	readme := "---\nconfigs:\n- config_name: a\n---\n"
	tests := []struct{ standalone, want, fail string }{
		{"", "a", ""},
		{"license: mit", "a", ""},
		{"configs:\n- config_name: b", "b", ""},
		{"configs:", "", ""},
		{"[]", "a", ""},
		{"hello", "", ".huggingface.yaml: line 1: expected keys and values"},
		{"\nconfigs: x", "", ".huggingface.yaml: line 2: configs: expected a list"},
		{"configs: [", "", ".huggingface.yaml: yaml: line 1"},
	}
	for _, tt := range tests {
		names, err := cardConfigs(readme, tt.standalone)
		if got := strings.Join(names, " "); got != tt.want || (err == nil) != (tt.fail == "") || err != nil && !strings.Contains(err.Error(), tt.fail) {
			t.Errorf("%q: %q, %v; want %q, %q", tt.standalone, got, err, tt.want, tt.fail)
		}
	}
	if _, err := cardConfigs("---\nconfigs: x\n---\n", ""); err == nil || !strings.HasPrefix(err.Error(), "README.md: line 2:") {
		t.Errorf("the error %v does not name the file and the line", err)
	}
	if _, err := cardConfigs("\xff", ""); err == nil {
		t.Error("bytes that are not UTF-8 are no error")
	}
}

func TestParseCard_merges(t *testing.T) {
	for readme, want := range map[string]string{
		"x: &f {default: true}\nconfigs:\n- {config_name: a, <<: *f}":                   "a",
		"x: &f {config_name: b}\nconfigs:\n- {config_name: a, <<: *f}":                  "a",
		"x: &f {config_name: b}\nconfigs:\n- {<<: *f}":                                  "b",
		"x: &f {config_name: b}\ny: &g {config_name: c}\nconfigs:\n- {<<: [*f, *g]}":    "b",
		"configs: &c\n- config_name: a\nconfigs: *c":                                    "a",
		"configs:\n- {config_name: a, config_name: b}":                                  "b",
		"configs:\n- config_name: a\nconfigs:\n- config_name: b\n- config_name: c":      "b c",
		"configs:\n- {config_name: a, ? [x] : y, data_files: &d [x, y], z: &z {q: *d}}": "a",
	} {
		names, err := cardConfigs("---\n"+readme+"\n---\n", "")
		if strings.Join(names, " ") != want || err != nil {
			t.Errorf("%s: %q, %v; want %q", readme, names, err, want)
		}
	}
	for _, readme := range []string{
		"x: &f {<<: *f}\nconfigs:\n- {config_name: a, <<: *f}",
		"configs:\n- {config_name: a, <<: 3}",
		"configs:\n- {config_name: a, data_files: [{split: x, path: y}, z]}",
	} {
		if names, err := cardConfigs("---\n"+readme+"\n---\n", ""); err == nil {
			t.Errorf("%s: %q and no error", readme, names)
		}
	}
}
