package tokens

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

// In returns the token in a file, if there is one.
func In(file string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	return Clean(string(text))
}

// Clean returns a token as it is meant, without what editors and shells leave around it.
func Clean(s string) string {
	return strings.TrimSpace(strings.NewReplacer("\r", "", "\n", "").Replace(s))
}

// Bad reports whether a token has characters that no token has and that have no place in a header.
func Bad(t string) bool {
	return strings.ContainsFunc(t, func(r rune) bool { return r <= ' ' || r > '~' })
}

// Write writes a file that only the user may read: all of it, or nothing.
func Write(file, text string) (err error) {
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
