package hub_test

import (
	"crypto/sha1" // git's hash
	"encoding/hex"
	"fmt"
)

// gitSHA1 returns the name that git gives to a blob.
func gitSHA1(s string) string {
	sum := sha1.Sum(fmt.Appendf(nil, "blob %d\x00%s", len(s), s))
	return hex.EncodeToString(sum[:])
}
