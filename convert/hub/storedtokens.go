package hub

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// storedTokens is the file in which Python keeps every token that the user has logged in with, as sections of an INI
// file, each with the fields hf_token and, for those that can be refreshed, refresh_token and expires_at.
type storedTokens struct{ file string }

// tokenFields are the fields of one section.
type tokenFields map[string]string

// ends returns when the token ends, if that is known.
func (f tokenFields) ends() (time.Time, bool) {
	s, err := strconv.ParseInt(f["expires_at"], 10, 64)
	return time.Unix(s, 0), err == nil
}

func (f tokenFields) setEnd(t time.Time) { f["expires_at"] = strconv.FormatInt(t.Unix(), 10) }

// maxStored bounds the file.
const maxStored = 1 << 20

func (s storedTokens) lines() []string {
	fi, err := os.Stat(s.file)
	if err != nil || !fi.Mode().IsRegular() || fi.Size() > maxStored {
		return nil
	}
	raw, err := os.ReadFile(s.file)
	if err != nil {
		return nil
	}
	return strings.Split(strings.ReplaceAll(strings.TrimRight(string(raw), "\n"), "\r\n", "\n"), "\n")
}

// read returns the sections by name; a line that is none of an INI file counts for nothing.
func (s storedTokens) read() map[string]tokenFields {
	out := map[string]tokenFields{}
	section := ""
	for _, line := range s.lines() {
		if name, ok := sectionName(line); ok {
			section = name
			out[section] = tokenFields{}
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

// find returns the section with a token.
func (s storedTokens) find(token string) (name string, fields tokenFields, ok bool) {
	for name, fields := range s.read() {
		if fields["hf_token"] == token && token != "" {
			return name, fields, true
		}
	}
	return "", nil, false
}

// put replaces a section and leaves the others as they are.
func (s storedTokens) put(name string, fields tokenFields) error {
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
	return writeSecret(s.file, b.String()+"\n")
}

// writeSecret writes a file that only the user may read.
func writeSecret(file, text string) (err error) {
	tmp := filepath.Join(filepath.Dir(file), fmt.Sprintf(".%s.%08x.tmp", filepath.Base(file), rand.Uint32()))
	f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(tmp) // the first error is the one to tell
		}
	}()
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(tmp, file)
}
