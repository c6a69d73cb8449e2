-- +goose Up
-- What a company's entitlements are derived from beside its own row: what the operator granted, and what the payment
-- provider says. One function, in place of platform.overrides(): it is part of every request.

-- +goose StatementBegin
CREATE FUNCTION platform.plan_standing() RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	org uuid := app.org_id();
BEGIN
	RETURN jsonb_build_object(
		'overrides', (SELECT jsonb_agg(jsonb_build_object('kind', o.kind, 'subject', o.subject, 'limit', coalesce(o.limited_to, 0), 'reason', o.reason,
				'until', o.until, 'since', o.granted_at) ORDER BY o.granted_at, o.id)
			FROM platform.plan_overrides o WHERE o.org_id = org AND o.ended_at IS NULL),
		'subscriptions', (SELECT jsonb_agg(jsonb_build_object('id', s.id, 'status', s.status, 'plan', s.plan, 'plan_version', s.plan_version, 'extra_users', s.extra_users,
				'created_at', s.created_at, 'period_start', s.period_start, 'period_end', s.period_end, 'cancel_at', s.cancel_at,
				'cancel_at_period_end', s.cancel_at_period_end, 'collection_paused', s.collection_paused, 'ended_at', s.ended_at))
			FROM platform.billing_customers c JOIN platform.subscriptions s ON s.customer_id = c.id WHERE c.org_id = org),
		'first_unpaid_at', (SELECT min(coalesce(i.due_at, i.finalized_at)) -- a first attempt is made when an invoice is finalized
			FROM platform.billing_customers c JOIN platform.invoices i ON i.customer_id = c.id
			WHERE c.org_id = org AND i.status IN ('open', 'uncollectible') AND (i.due_at IS NOT NULL OR i.attempts > 0)));
END
$$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION platform.plan_standing() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION platform.plan_standing() TO fence_app;
DROP FUNCTION platform.overrides();

-- +goose Down
DROP FUNCTION platform.plan_standing();
