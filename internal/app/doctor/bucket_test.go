package doctor_test

import (
	"strings"
	"testing"

	"fenceplatform.com/fence/internal/app"
	"fenceplatform.com/fence/internal/app/doctor"
	"fenceplatform.com/fence/internal/testkit/bucket"
)

// filesIn has the installation keep its files in a bucket.
func (c *clinic) filesIn(b *bucket.Server) {
	c.Settings.S3Endpoint, c.Settings.S3Bucket, c.Settings.S3Region = b.Endpoint, b.Bucket, b.Region
	c.Settings.S3AccessKey, c.Settings.S3SecretKey = b.AccessKey, b.SecretKey
}

// The bucket of files is tried out with an object of the doctor's own, of which nothing stays.
func TestBucketOfFilesIsTriedOut(t *testing.T) {
	t.Parallel()
	c, b := newClinic(t), bucket.Start(t)
	c.filesIn(b)
	report := doctor.Examine(t.Context(), c.Patient)
	if found := problems(report); len(found) > 0 || len(report) != 13 {
		t.Errorf("%d looked at, %q", len(report), found)
	}
	store, err := app.Blobs(c.Settings)
	if err != nil {
		t.Fatal(err)
	}
	for info, err := range store.List(t.Context(), "") {
		t.Errorf("%+v, %v is left", info, err)
	}
	for what, plant := range map[string]func(){
		"another key":    func() { c.Settings.S3SecretKey = "another" },
		"another bucket": func() { c.Settings.S3Bucket = "others" },
		"no address":     func() { c.Settings.S3Endpoint = "s3.example.com" },
	} {
		c.filesIn(b)
		plant()
		wantBucketProblem(t, what, c)
	}
	c.filesIn(b)
	b.Stop()
	wantBucketProblem(t, "nobody there", c)
}

func wantBucketProblem(t *testing.T, what string, c *clinic) {
	t.Helper()
	found := problems(doctor.Examine(t.Context(), c.Patient))
	if len(found) != 1 || !strings.HasPrefix(found[0], "files: the bucket ") || strings.Contains(found[0], "four posts") {
		t.Errorf("%s: %q, want one problem of the bucket", what, found)
	}
}
