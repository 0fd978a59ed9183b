-- What a page read again and again, found by its own index.

-- Who read what in the last minutes; nothing that a call writes is in it.
create index audit_log_reads on audit_log (org_id, actor, at, action, subject) where action like '%.read';
