package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/url"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// S3 is a Store in a bucket.
type S3 struct {
	core   minio.Core
	bucket string
}

// S3Options say where the bucket is, and with which key it is opened.
type S3Options struct {
	Endpoint  string // https://s3.us-east-1.amazonaws.com
	Bucket    string
	Region    string
	AccessKey string
	SecretKey string
}

// attempts at a request that S3 refused for the moment; the request's own time bounds them too.
const attempts = 3

// NewS3 opens a bucket. It asks nothing: the first use does.
func NewS3(o S3Options) (*S3, error) {
	u, err := url.Parse(o.Endpoint)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.Path != "" && u.Path != "/" {
		return nil, fmt.Errorf("S3 endpoint %q: want http(s)://host", o.Endpoint)
	}
	c, err := minio.New(u.Host, &minio.Options{
		Creds:  credentials.NewStaticV4(o.AccessKey, o.SecretKey, ""),
		Secure: u.Scheme == "https", Region: o.Region, MaxRetries: attempts,
	})
	if err != nil {
		return nil, err
	}
	return &S3{minio.Core{Client: c}, o.Bucket}, nil
}

// partSize bounds the memory that a Put of unknown size takes.
const partSize = 8 << 20

// Put sends a known number of bytes in one request, and others in parts.
func (s *S3) Put(ctx context.Context, key string, body io.Reader, size int64) error {
	if err := checkKey(key); err != nil {
		return err
	}
	body, err := measured(ctx, body, size)
	if err != nil {
		return err
	}
	o := minio.PutObjectOptions{ContentType: "application/octet-stream", DisableMultipart: size >= 0, PartSize: partSize}
	if _, err := s.core.Client.PutObject(ctx, s.bucket, key, body, size, o); err != nil {
		return fmt.Errorf("put %s: %w", key, err)
	}
	return nil
}

// Get opens bytes of a key.
func (s *S3) Get(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	if offset < 0 || length == 0 {
		return nil, ErrRange
	}
	var o minio.GetObjectOptions
	switch {
	case length > 0:
		o.Set("Range", fmt.Sprintf("bytes=%d-%d", offset, offset+length-1))
	case offset > 0:
		o.Set("Range", fmt.Sprintf("bytes=%d-", offset))
	}
	body, _, _, err := s.core.GetObject(ctx, s.bucket, key, o)
	if err != nil {
		return nil, told(key, err)
	}
	return body, nil
}

// Stat tells what is under a key.
func (s *S3) Stat(ctx context.Context, key string) (Info, error) {
	if err := checkKey(key); err != nil {
		return Info{}, err
	}
	o, err := s.core.Client.StatObject(ctx, s.bucket, key, minio.StatObjectOptions{})
	if err != nil {
		return Info{}, told(key, err)
	}
	return Info{key, o.Size, o.LastModified}, nil
}

// Delete forgets a key.
func (s *S3) Delete(ctx context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	return s.core.Client.RemoveObject(ctx, s.bucket, key, minio.RemoveObjectOptions{})
}

// List goes through the keys of a prefix.
func (s *S3) List(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		if err := checkPrefix(prefix); err != nil {
			yield(Info{}, err)
			return
		}
		for o := range s.core.Client.ListObjectsIter(ctx, s.bucket, minio.ListObjectsOptions{Prefix: prefix, Recursive: true}) {
			if !yield(Info{o.Key, o.Size, o.LastModified}, o.Err) || o.Err != nil {
				return
			}
		}
	}
}

// Tidy gives up what was being sent in parts.
func (s *S3) Tidy(ctx context.Context, before time.Time) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends the listing too
	for u := range s.core.Client.ListIncompleteUploads(ctx, s.bucket, "", true) {
		if u.Err != nil {
			return u.Err
		}
		if u.Initiated.Before(before) {
			if err := s.core.AbortMultipartUpload(ctx, s.bucket, u.Key, u.UploadID); err != nil {
				return err
			}
		}
	}
	return nil
}

// told is what S3 says, in the words of Store.
func told(key string, err error) error {
	switch e, ok := errors.AsType[minio.ErrorResponse](err); {
	case ok && (e.Code == minio.NoSuchKey || e.StatusCode == 404):
		return missing(key)
	case ok && e.StatusCode == 416:
		return ErrRange
	}
	return err
}
