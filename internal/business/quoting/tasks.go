package quoting

import "fenceplatform.com/fence/internal/platform/id"

// SealSigned is the task that makes the signed copy of an acceptance and mails it to both sides.
type SealSigned struct {
	OrgID        id.ID `json:"org_id"`
	AcceptanceID id.ID `json:"acceptance_id"`
}

// Kind implements tasks.Args.
func (SealSigned) Kind() string { return "seal_signed" }

// Organization implements tasks.Args.
func (t SealSigned) Organization() id.ID { return t.OrgID }

// OpenJob is the task that opens the job of an acceptance; fieldwork does it.
type OpenJob struct {
	OrgID        id.ID `json:"org_id"`
	AcceptanceID id.ID `json:"acceptance_id"`
}

// Kind implements tasks.Args.
func (OpenJob) Kind() string { return "open_job" }

// Organization implements tasks.Args.
func (t OpenJob) Organization() id.ID { return t.OrgID }
