"""The tables of the vouchers.

Revision ID: 0002
Revises: 0001
Create Date: 2026-11-25 23:29:56.771148
"""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema one step forward."""
    op.create_table('call',
    sa.Column('id', sa.String(length=22), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('spec', sa.JSON(), nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('demo', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_call'))
    )
    with op.batch_alter_table('call', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_call_state'), ['state'], unique=False)

    op.create_table('ledger',
    sa.Column('seq', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('thing', sa.String(length=12), nullable=False),
    sa.Column('subject', sa.String(length=22), nullable=False),
    sa.Column('before', sa.String(length=20), nullable=False),
    sa.Column('after', sa.String(length=20), nullable=False),
    sa.Column('actor', sa.String(length=22), nullable=False),
    sa.Column('hat', sa.String(length=12), nullable=False),
    sa.Column('reason', sa.String(length=40), nullable=False),
    sa.Column('amounts', sa.Text(), nullable=False),
    sa.Column('key', sa.String(length=80), nullable=True),
    sa.Column('previous', sa.String(length=64), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_ledger')),
    sa.UniqueConstraint('key', name=op.f('uq_ledger_key'))
    )
    with op.batch_alter_table('ledger', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ledger_subject'), ['subject'], unique=False)

    op.create_table('ledger_head',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ledger_head'))
    )
    op.create_table('paper',
    sa.Column('id', sa.String(length=22), nullable=False),
    sa.Column('owner_id', sa.String(length=22), nullable=False),
    sa.Column('person_id', sa.String(length=22), nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('status', sa.String(length=10), nullable=False),
    sa.Column('bytes_status', sa.String(length=8), nullable=False),
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('file_kind', sa.String(length=10), nullable=False),
    sa.Column('mime', sa.String(length=100), nullable=False),
    sa.Column('name', sa.LargeBinary(), nullable=True),
    sa.Column('ref', sa.LargeBinary(), nullable=True),
    sa.Column('data', sa.LargeBinary(), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('verified_by', sa.String(length=22), nullable=False),
    sa.Column('verified_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_paper'))
    )
    with op.batch_alter_table('paper', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_paper_bytes_status'), ['bytes_status'], unique=False)
        batch_op.create_index(batch_op.f('ix_paper_owner_id'), ['owner_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_paper_person_id'), ['person_id'], unique=False)

    op.create_table('wrong_code',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('provider_id', sa.String(length=22), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wrong_code'))
    )
    with op.batch_alter_table('wrong_code', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_wrong_code_provider_id_at'), ['provider_id', 'at'], unique=False)

    op.create_table('budget_line',
    sa.Column('id', sa.String(length=22), nullable=False),
    sa.Column('call_id', sa.String(length=22), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('enterprise_id', sa.String(length=22), nullable=False),
    sa.Column('area', sa.String(length=10), nullable=False),
    sa.Column('contracts', sa.JSON(), nullable=False),
    sa.Column('sources', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['call_id'], ['call.id'], name=op.f('fk_budget_line_call_id_call')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_budget_line')),
    sa.UniqueConstraint('call_id', 'name', name=op.f('uq_budget_line_call_id_name'))
    )
    op.create_table('decider',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('call_id', sa.String(length=22), nullable=False),
    sa.Column('enterprise_id', sa.String(length=22), nullable=False),
    sa.Column('person_id', sa.String(length=22), nullable=False),
    sa.ForeignKeyConstraint(['call_id'], ['call.id'], name=op.f('fk_decider_call_id_call')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_decider')),
    sa.UniqueConstraint('call_id', 'enterprise_id', 'person_id', name=op.f('uq_decider_call_id_enterprise_id_person_id'))
    )
    with op.batch_alter_table('decider', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_decider_person_id'), ['person_id'], unique=False)

    op.create_table('pot',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('call_id', sa.String(length=22), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('total_cents', sa.BigInteger(), nullable=False),
    sa.Column('reserved_cents', sa.BigInteger(), nullable=False),
    sa.Column('spent_cents', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('reserved_cents + spent_cents <= total_cents', name=op.f('ck_pot_never_over')),
    sa.CheckConstraint('reserved_cents >= 0', name=op.f('ck_pot_reserved')),
    sa.CheckConstraint('spent_cents >= 0', name=op.f('ck_pot_spent')),
    sa.ForeignKeyConstraint(['call_id'], ['call.id'], name=op.f('fk_pot_call_id_call')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pot')),
    sa.UniqueConstraint('call_id', 'kind', 'key', name=op.f('uq_pot_call_id_kind_key'))
    )
    op.create_table('profile',
    sa.Column('person_id', sa.String(length=22), nullable=False),
    sa.Column('name', sa.LargeBinary(), nullable=False),
    sa.Column('iban', sa.LargeBinary(), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_profile_person_id_person')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_profile'))
    )
    op.create_table('proposal',
    sa.Column('id', sa.String(length=22), nullable=False),
    sa.Column('call_id', sa.String(length=22), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('payload', sa.JSON(), nullable=False),
    sa.Column('proposed_by', sa.String(length=22), nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('outcome', sa.String(length=10), nullable=False),
    sa.Column('settled_by', sa.String(length=22), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['call_id'], ['call.id'], name=op.f('fk_proposal_call_id_call')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proposal'))
    )
    with op.batch_alter_table('proposal', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_proposal_call_id'), ['call_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_proposal_outcome'), ['outcome'], unique=False)

    op.create_table('request',
    sa.Column('id', sa.String(length=22), nullable=False),
    sa.Column('person_id', sa.String(length=22), nullable=False),
    sa.Column('call_id', sa.String(length=22), nullable=False),
    sa.Column('enterprise_id', sa.String(length=22), nullable=False),
    sa.Column('contract', sa.String(length=16), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('area', sa.String(length=10), nullable=False),
    sa.Column('category', sa.String(length=24), nullable=False),
    sa.Column('amount_cents', sa.BigInteger(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=True),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('provider', sa.LargeBinary(), nullable=True),
    sa.Column('note', sa.LargeBinary(), nullable=True),
    sa.Column('deciders', sa.String(length=12), nullable=False),
    sa.Column('decider_id', sa.String(length=22), nullable=False),
    sa.Column('escalated', sa.Boolean(), nullable=False),
    sa.Column('notice_version', sa.String(length=40), nullable=False),
    sa.Column('notice_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('line_id', sa.String(length=22), nullable=False),
    sa.Column('held_cents', sa.BigInteger(), nullable=False),
    sa.Column('offered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('offer_taken', sa.Boolean(), nullable=False),
    sa.Column('score', sa.Integer(), nullable=True),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('queue_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('taken_by', sa.String(length=22), nullable=False),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('asked', sa.String(length=24), nullable=False),
    sa.Column('asked_text', sa.LargeBinary(), nullable=True),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('keeps_place', sa.Boolean(), nullable=False),
    sa.Column('answer_text', sa.LargeBinary(), nullable=True),
    sa.Column('reason', sa.String(length=24), nullable=False),
    sa.Column('decided_by', sa.String(length=22), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('follows', sa.String(length=22), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('amount_cents >= 0', name=op.f('ck_request_amount')),
    sa.CheckConstraint('held_cents in (0, amount_cents)', name=op.f('ck_request_held')),
    sa.ForeignKeyConstraint(['call_id'], ['call.id'], name=op.f('fk_request_call_id_call')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_request'))
    )
    with op.batch_alter_table('request', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_request_call_id_state_queue_at'), ['call_id', 'state', 'queue_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_request_decider_id'), ['decider_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_request_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_request_state'), ['state'], unique=False)

    op.create_table('alert',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('request_id', sa.String(length=22), nullable=False),
    sa.Column('person_id', sa.String(length=22), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['request_id'], ['request.id'], name=op.f('fk_alert_request_id_request')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alert')),
    sa.UniqueConstraint('request_id', 'person_id', name=op.f('uq_alert_request_id_person_id'))
    )
    with op.batch_alter_table('alert', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_alert_person_id'), ['person_id'], unique=False)

    op.create_table('voucher',
    sa.Column('id', sa.String(length=22), nullable=False),
    sa.Column('request_id', sa.String(length=22), nullable=False),
    sa.Column('person_id', sa.String(length=22), nullable=False),
    sa.Column('call_id', sa.String(length=22), nullable=False),
    sa.Column('line_id', sa.String(length=22), nullable=False),
    sa.Column('kind', sa.String(length=1), nullable=False),
    sa.Column('category', sa.String(length=24), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('face_cents', sa.BigInteger(), nullable=False),
    sa.Column('used_cents', sa.BigInteger(), nullable=False),
    sa.Column('returned_cents', sa.BigInteger(), nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('code', sa.LargeBinary(), nullable=True),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_on', sa.Date(), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("kind <> 'B' or used_cents in (0, face_cents)", name=op.f('ck_voucher_b_is_whole')),
    sa.CheckConstraint('face_cents > 0', name=op.f('ck_voucher_face')),
    sa.CheckConstraint('used_cents + returned_cents <= face_cents', name=op.f('ck_voucher_never_over')),
    sa.CheckConstraint('used_cents >= 0 and returned_cents >= 0', name=op.f('ck_voucher_signs')),
    sa.ForeignKeyConstraint(['call_id'], ['call.id'], name=op.f('fk_voucher_call_id_call')),
    sa.ForeignKeyConstraint(['line_id'], ['budget_line.id'], name=op.f('fk_voucher_line_id_budget_line')),
    sa.ForeignKeyConstraint(['request_id'], ['request.id'], name=op.f('fk_voucher_request_id_request')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_voucher')),
    sa.UniqueConstraint('code_hash', name=op.f('uq_voucher_code_hash')),
    sa.UniqueConstraint('request_id', name=op.f('uq_voucher_request_id'))
    )
    with op.batch_alter_table('voucher', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_voucher_call_id'), ['call_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_voucher_expires_on'), ['expires_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_voucher_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_voucher_state'), ['state'], unique=False)

    op.create_table('claim',
    sa.Column('id', sa.String(length=22), nullable=False),
    sa.Column('voucher_id', sa.String(length=22), nullable=False),
    sa.Column('person_id', sa.String(length=22), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('supplier', sa.LargeBinary(), nullable=True),
    sa.Column('supplier_tax_id', sa.LargeBinary(), nullable=True),
    sa.Column('number', sa.LargeBinary(), nullable=True),
    sa.Column('issued_on', sa.Date(), nullable=True),
    sa.Column('gross_cents', sa.BigInteger(), nullable=False),
    sa.Column('vat_cents', sa.BigInteger(), nullable=False),
    sa.Column('traceable', sa.String(length=12), nullable=False),
    sa.Column('fingerprint', sa.String(length=64), nullable=True),
    sa.Column('like_number', sa.String(length=64), nullable=False),
    sa.Column('like_amount', sa.String(length=64), nullable=False),
    sa.Column('alike', sa.Boolean(), nullable=False),
    sa.Column('accepted_cents', sa.BigInteger(), nullable=False),
    sa.Column('accepted_by', sa.String(length=22), nullable=False),
    sa.Column('asked', sa.String(length=24), nullable=False),
    sa.Column('asked_text', sa.LargeBinary(), nullable=True),
    sa.Column('answer_text', sa.LargeBinary(), nullable=True),
    sa.Column('reason', sa.String(length=24), nullable=False),
    sa.Column('taken_by', sa.String(length=22), nullable=False),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('accepted_cents >= 0 and accepted_cents <= gross_cents', name=op.f('ck_claim_accepted')),
    sa.CheckConstraint('gross_cents >= 0 and vat_cents >= 0 and vat_cents <= gross_cents', name=op.f('ck_claim_gross')),
    sa.ForeignKeyConstraint(['voucher_id'], ['voucher.id'], name=op.f('fk_claim_voucher_id_voucher')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_claim')),
    sa.UniqueConstraint('fingerprint', name=op.f('uq_claim_fingerprint'))
    )
    with op.batch_alter_table('claim', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_claim_like_amount'), ['like_amount'], unique=False)
        batch_op.create_index(batch_op.f('ix_claim_like_number'), ['like_number'], unique=False)
        batch_op.create_index(batch_op.f('ix_claim_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_claim_state'), ['state'], unique=False)
        batch_op.create_index(batch_op.f('ix_claim_voucher_id'), ['voucher_id'], unique=False)

    op.create_table('presentation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('voucher_id', sa.String(length=22), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['voucher_id'], ['voucher.id'], name=op.f('fk_presentation_voucher_id_voucher')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_presentation')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_presentation_token_hash'))
    )
    with op.batch_alter_table('presentation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_presentation_voucher_id'), ['voucher_id'], unique=False)

    op.create_table('redemption',
    sa.Column('id', sa.String(length=22), nullable=False),
    sa.Column('voucher_id', sa.String(length=22), nullable=False),
    sa.Column('provider_id', sa.String(length=22), nullable=False),
    sa.Column('amount_cents', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('reason', sa.String(length=24), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('moved_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('amount_cents > 0', name=op.f('ck_redemption_amount')),
    sa.ForeignKeyConstraint(['voucher_id'], ['voucher.id'], name=op.f('fk_redemption_voucher_id_voucher')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_redemption'))
    )
    with op.batch_alter_table('redemption', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_redemption_provider_id'), ['provider_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_redemption_state'), ['state'], unique=False)
        batch_op.create_index(batch_op.f('ix_redemption_voucher_id'), ['voucher_id'], unique=False)
        batch_op.create_index('uq_redemption_one_open', ['voucher_id'], unique=True, sqlite_where=sa.text("state = 'started'"), postgresql_where=sa.text("state = 'started'"))

    op.create_table('payment',
    sa.Column('id', sa.String(length=22), nullable=False),
    sa.Column('call_id', sa.String(length=22), nullable=False),
    sa.Column('line_id', sa.String(length=22), nullable=False),
    sa.Column('person_id', sa.String(length=22), nullable=False),
    sa.Column('claim_id', sa.String(length=22), nullable=True),
    sa.Column('redemption_id', sa.String(length=22), nullable=True),
    sa.Column('amount_cents', sa.BigInteger(), nullable=False),
    sa.Column('vat_cents', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('name', sa.LargeBinary(), nullable=True),
    sa.Column('iban', sa.LargeBinary(), nullable=True),
    sa.Column('invoice', sa.LargeBinary(), nullable=True),
    sa.Column('reference', sa.String(length=80), nullable=False),
    sa.Column('batch', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.String(length=24), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('paid_on', sa.Date(), nullable=True),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('(claim_id is null) <> (redemption_id is null)', name=op.f('ck_payment_one_cause')),
    sa.CheckConstraint('amount_cents > 0', name=op.f('ck_payment_amount')),
    sa.ForeignKeyConstraint(['call_id'], ['call.id'], name=op.f('fk_payment_call_id_call')),
    sa.ForeignKeyConstraint(['claim_id'], ['claim.id'], name=op.f('fk_payment_claim_id_claim')),
    sa.ForeignKeyConstraint(['line_id'], ['budget_line.id'], name=op.f('fk_payment_line_id_budget_line')),
    sa.ForeignKeyConstraint(['redemption_id'], ['redemption.id'], name=op.f('fk_payment_redemption_id_redemption')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment')),
    sa.UniqueConstraint('claim_id', name=op.f('uq_payment_claim_id')),
    sa.UniqueConstraint('redemption_id', name=op.f('uq_payment_redemption_id'))
    )
    with op.batch_alter_table('payment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_payment_batch'), ['batch'], unique=False)
        batch_op.create_index(batch_op.f('ix_payment_call_id'), ['call_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_payment_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_payment_state'), ['state'], unique=False)

    op.create_table('payment_part',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('payment_id', sa.String(length=22), nullable=False),
    sa.Column('source', sa.String(length=40), nullable=False),
    sa.Column('cents', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('cents >= 0', name=op.f('ck_payment_part_cents')),
    sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], name=op.f('fk_payment_part_payment_id_payment')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment_part')),
    sa.UniqueConstraint('payment_id', 'source', name=op.f('uq_payment_part_payment_id_source'))
    )


def downgrade() -> None:
    """Bring the schema one step back."""
    op.drop_table('payment_part')
    with op.batch_alter_table('payment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_payment_state'))
        batch_op.drop_index(batch_op.f('ix_payment_person_id'))
        batch_op.drop_index(batch_op.f('ix_payment_call_id'))
        batch_op.drop_index(batch_op.f('ix_payment_batch'))

    op.drop_table('payment')
    with op.batch_alter_table('redemption', schema=None) as batch_op:
        batch_op.drop_index('uq_redemption_one_open', sqlite_where=sa.text("state = 'started'"), postgresql_where=sa.text("state = 'started'"))
        batch_op.drop_index(batch_op.f('ix_redemption_voucher_id'))
        batch_op.drop_index(batch_op.f('ix_redemption_state'))
        batch_op.drop_index(batch_op.f('ix_redemption_provider_id'))

    op.drop_table('redemption')
    with op.batch_alter_table('presentation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_presentation_voucher_id'))

    op.drop_table('presentation')
    with op.batch_alter_table('claim', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_claim_voucher_id'))
        batch_op.drop_index(batch_op.f('ix_claim_state'))
        batch_op.drop_index(batch_op.f('ix_claim_person_id'))
        batch_op.drop_index(batch_op.f('ix_claim_like_number'))
        batch_op.drop_index(batch_op.f('ix_claim_like_amount'))

    op.drop_table('claim')
    with op.batch_alter_table('voucher', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_voucher_state'))
        batch_op.drop_index(batch_op.f('ix_voucher_person_id'))
        batch_op.drop_index(batch_op.f('ix_voucher_expires_on'))
        batch_op.drop_index(batch_op.f('ix_voucher_call_id'))

    op.drop_table('voucher')
    with op.batch_alter_table('alert', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_alert_person_id'))

    op.drop_table('alert')
    with op.batch_alter_table('request', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_request_state'))
        batch_op.drop_index(batch_op.f('ix_request_person_id'))
        batch_op.drop_index(batch_op.f('ix_request_decider_id'))
        batch_op.drop_index(batch_op.f('ix_request_call_id_state_queue_at'))

    op.drop_table('request')
    with op.batch_alter_table('proposal', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_proposal_outcome'))
        batch_op.drop_index(batch_op.f('ix_proposal_call_id'))

    op.drop_table('proposal')
    op.drop_table('profile')
    op.drop_table('pot')
    with op.batch_alter_table('decider', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_decider_person_id'))

    op.drop_table('decider')
    op.drop_table('budget_line')
    with op.batch_alter_table('wrong_code', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_wrong_code_provider_id_at'))

    op.drop_table('wrong_code')
    with op.batch_alter_table('paper', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_paper_person_id'))
        batch_op.drop_index(batch_op.f('ix_paper_owner_id'))
        batch_op.drop_index(batch_op.f('ix_paper_bytes_status'))

    op.drop_table('paper')
    op.drop_table('ledger_head')
    with op.batch_alter_table('ledger', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ledger_subject'))

    op.drop_table('ledger')
    with op.batch_alter_table('call', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_call_state'))

    op.drop_table('call')
