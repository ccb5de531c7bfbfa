package hub_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/promptmill/promptmill/convert/hub"
)

func TestDiskError(t *testing.T) {
	cause := &os.PathError{Op: "write", Path: "x", Err: noSpaceErrno}
	err := hub.DiskErrorOf("/cache", "HF_HUB_CACHE chooses another cache", fmt.Errorf("blob: %w\nmore", cause))
	if !errors.Is(err, hub.ErrNoSpace) || !errors.Is(err, noSpaceErrno) {
		t.Errorf("%v does not match ErrNoSpace and the system's error", err)
	}
	if text := err.Error(); strings.Contains(text, "\n") || !strings.HasPrefix(text, "/cache: ") || !strings.HasSuffix(text, "; make room, or HF_HUB_CACHE chooses another cache") {
		t.Errorf("text %q", text)
	}
	if again := hub.DiskErrorOf("/else", "", err); again.Error() != err.Error() {
		t.Errorf("wrapped twice: %v", again)
	}
	if hub.DiskErrorOf("/cache", "", nil) != nil {
		t.Error("an error of nothing")
	}
}
