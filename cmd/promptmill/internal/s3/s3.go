// Package s3 copies files to and from stores that speak Amazon's S3, whole: what is read is a local file before anything
// looks at it, and what is written was one.
package s3

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"path"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"github.com/minio/minio-go/v7/pkg/s3utils"
)

// Scheme is what names of objects begin with.
const Scheme = "s3://"

// Sentinels of the package.
var (
	// ErrName reports a name that is not s3://BUCKET/KEY, or a pattern that is none.
	ErrName = errors.New("expected s3://BUCKET/KEY")
	// ErrNone reports an object that is not there, or a pattern that no object matches.
	ErrNone = errors.New("no such object")
	// ErrSettings reports an environment that names no store.
	ErrSettings = errors.New("the settings of the S3 store are wrong")
)

// attempts is how often a request is sent at most.
const attempts = 5

// A Store is one server with its buckets. It may be used by several goroutines.
type Store struct{ client *minio.Client }

// Open returns the store that the environment names, in the variables that all of Amazon's tools read:
// AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL (default: Amazon's own), AWS_REGION or AWS_DEFAULT_REGION, AWS_ACCESS_KEY_ID,
// AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN. Without a key requests are not signed. Nothing is sent yet.
func Open(getenv func(string) string) (*Store, error) {
	endpoint := cmp.Or(getenv("AWS_ENDPOINT_URL_S3"), getenv("AWS_ENDPOINT_URL"), "https://s3.amazonaws.com")
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "http" && u.Scheme != "https" || strings.Trim(u.Path, "/") != "" {
		return nil, fmt.Errorf("%w: AWS_ENDPOINT_URL: expected a URL without user and path, such as https://minio.example:9000", ErrSettings)
	}
	id, secret := getenv("AWS_ACCESS_KEY_ID"), getenv("AWS_SECRET_ACCESS_KEY")
	if (id == "") != (secret == "") {
		return nil, fmt.Errorf("%w: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY: expected both or neither", ErrSettings)
	}
	client, err := minio.New(u.Host, &minio.Options{
		Creds:  credentials.NewStaticV4(id, secret, getenv("AWS_SESSION_TOKEN")),
		Secure: u.Scheme == "https", Region: cmp.Or(getenv("AWS_REGION"), getenv("AWS_DEFAULT_REGION")), MaxRetries: attempts,
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSettings, err)
	}
	return &Store{client}, nil
}

// Split returns the bucket and the key of a name.
func Split(name string) (bucket, key string, err error) {
	rest, ok := strings.CutPrefix(name, Scheme)
	bucket, key, found := strings.Cut(rest, "/")
	if !ok || !found || bucket == "" || key == "" || strings.HasSuffix(key, "/") {
		return "", "", fmt.Errorf("%q: %w", name, ErrName)
	}
	if err := s3utils.CheckValidBucketName(bucket); err != nil {
		return "", "", fmt.Errorf("%q: %w: %w", name, ErrName, err)
	}
	return bucket, key, nil
}

// Match lists the names that a pattern means, in the order of their bytes; * and ? stand for anything but a slash, as in
// [path.Match]. A name without either is its own only match, whether there is such an object or not.
func (s *Store) Match(ctx context.Context, pattern string) ([]string, error) {
	bucket, key, err := Split(pattern)
	if err != nil {
		return nil, err
	}
	first := strings.IndexAny(key, "*?[")
	if first < 0 {
		return []string{pattern}, nil
	}
	if _, err := path.Match(key, ""); err != nil {
		return nil, fmt.Errorf("%q: %w: %w", pattern, ErrName, err)
	}
	var names []string
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends the listing where an error does
	for object := range s.client.ListObjects(ctx, bucket, minio.ListObjectsOptions{Prefix: key[:first], Recursive: true}) {
		if object.Err != nil {
			return nil, told(pattern, object.Err)
		}
		if ok, _ := path.Match(key, object.Key); ok {
			names = append(names, Scheme+bucket+"/"+object.Key)
		}
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%s: %w", pattern, ErrNone)
	}
	return names, nil
}

// Download makes a file of an object. The file appears when it is complete. An error wraps [ErrNone] where there is no such
// object.
func (s *Store) Download(ctx context.Context, name, file string) error {
	bucket, key, err := Split(name)
	if err != nil {
		return err
	}
	return told(name, s.client.FGetObject(ctx, bucket, key, file, minio.GetObjectOptions{}))
}

// Upload makes an object of a file, in place of one that has the name. Readers of the store see all of it or none.
func (s *Store) Upload(ctx context.Context, file, name string) error {
	bucket, key, err := Split(name)
	if err != nil {
		return err
	}
	_, err = s.client.FPutObject(ctx, bucket, key, file, minio.PutObjectOptions{ContentType: "application/octet-stream"})
	return told(name, err)
}

// told is an error of the store with the name of the object.
func told(name string, err error) error {
	if err == nil {
		return nil
	}
	switch minio.ToErrorResponse(err).Code {
	case minio.NoSuchKey:
		return fmt.Errorf("%s: %w", name, ErrNone)
	case minio.NoSuchBucket:
		return fmt.Errorf("%s: there is no such bucket: create it, or mend the name", name)
	case minio.AccessDenied:
		return fmt.Errorf("%s: access denied: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to a key that may", name)
	}
	return fmt.Errorf("%s: %w", name, err)
}
