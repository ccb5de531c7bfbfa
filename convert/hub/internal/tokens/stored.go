package tokens

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// Stored is the file in which Python keeps every token that the user has logged in with, as sections of an INI
// file, each with the fields hf_token and, for those that can be refreshed, refresh_token and expires_at.
type Stored struct{ File string }

// Fields are the fields of one section.
type Fields map[string]string

// Ends returns when the token ends, if that is known.
func (f Fields) Ends() (time.Time, bool) {
	s, err := strconv.ParseInt(f["expires_at"], 10, 64)
	return time.Unix(s, 0), err == nil
}

// SetEnd writes down when the token ends.
func (f Fields) SetEnd(t time.Time) { f["expires_at"] = strconv.FormatInt(t.Unix(), 10) }

// maxStored bounds the file.
const maxStored = 1 << 20

func (s Stored) lines() []string {
	fi, err := os.Stat(s.File)
	if err != nil || !fi.Mode().IsRegular() || fi.Size() > maxStored {
		return nil
	}
	raw, err := os.ReadFile(s.File)
	if err != nil {
		return nil
	}
	return strings.Split(strings.ReplaceAll(strings.TrimRight(string(raw), "\n"), "\r\n", "\n"), "\n")
}

// Read returns the sections by name; a line that is none of an INI file counts for nothing.
func (s Stored) Read() map[string]Fields {
	out := map[string]Fields{}
	section := ""
	for _, line := range s.lines() {
		if name, ok := sectionName(line); ok {
			section = name
			out[section] = Fields{}
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		if ok && key != "" && section != "" && !strings.ContainsAny(key[:1], "#; \t") {
			out[section][strings.ToLower(strings.TrimSpace(key))] = strings.TrimSpace(value)
		}
	}
	return out
}

func sectionName(line string) (string, bool) {
	line = strings.TrimSpace(line)
	if !strings.HasPrefix(line, "[") || !strings.HasSuffix(line, "]") {
		return "", false
	}
	return line[1 : len(line)-1], true
}

// Find returns the section with a token.
func (s Stored) Find(token string) (name string, fields Fields, ok bool) {
	for name, fields := range s.Read() {
		if fields["hf_token"] == token && token != "" {
			return name, fields, true
		}
	}
	return "", nil, false
}

// Put replaces a section and leaves the others as they are.
func (s Stored) Put(name string, fields Fields) error {
	var b strings.Builder
	skip := false
	for _, line := range s.lines() {
		if section, ok := sectionName(line); ok {
			skip = section == name
		}
		if !skip {
			b.WriteString(line + "\n")
		}
	}
	fmt.Fprintf(&b, "[%s]\n", name)
	for _, key := range []string{"hf_token", "refresh_token", "expires_at"} {
		if v := fields[key]; v != "" {
			fmt.Fprintf(&b, "%s = %s\n", key, v)
		}
	}
	return Write(s.File, b.String()+"\n")
}
