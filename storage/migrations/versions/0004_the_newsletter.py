"""the newsletter.

Revision ID: 0004
Revises: 0003
Create Date: 2026-11-26 01:03:54.697600
"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema one step forward."""
    op.create_table('bulk_run',
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('token', sa.String(length=22), nullable=False),
    sa.Column('node', sa.String(length=22), nullable=False),
    sa.Column('beat_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended', sa.Boolean(), nullable=False),
    sa.Column('held_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('pace', sa.Float(), nullable=False),
    sa.Column('restarts', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('channel', name=op.f('pk_bulk_run'))
    )
    op.create_table('feed',
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('url', sa.String(length=500), nullable=False),
    sa.Column('etag', sa.String(length=200), nullable=False),
    sa.Column('modified', sa.String(length=60), nullable=False),
    sa.Column('tried_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('worked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('problem', sa.String(length=200), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_feed'))
    )
    op.create_table('issue',
    sa.Column('id', sa.String(length=22), nullable=False),
    sa.Column('number', sa.String(length=20), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('title', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('corrects', sa.String(length=22), nullable=True),
    sa.Column('created_by', sa.String(length=22), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('approved_by', sa.String(length=22), nullable=False),
    sa.Column('approved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('approved_revision', sa.Integer(), nullable=False),
    sa.Column('scheduled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('scheduled_by', sa.String(length=22), nullable=False),
    sa.Column('standing', sa.Boolean(), nullable=False),
    sa.Column('at_most_once', sa.Boolean(), nullable=False),
    sa.Column('rate', sa.Float(), nullable=False),
    sa.Column('enqueued', sa.Boolean(), nullable=False),
    sa.Column('enqueued_to', sa.String(length=22), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('stopped_why', sa.String(length=60), nullable=False),
    sa.Column('progress_row', sa.Integer(), nullable=True),
    sa.Column('reported', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['corrects'], ['issue.id'], name=op.f('fk_issue_corrects_issue')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_issue')),
    sa.UniqueConstraint('number', name=op.f('uq_issue_number'))
    )
    with op.batch_alter_table('issue', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_issue_scheduled_at'), ['scheduled_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_issue_state'), ['state'], unique=False)

    op.create_table('slot',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('schedule', sa.String(length=40), nullable=False),
    sa.Column('slot', sa.DateTime(timezone=True), nullable=False),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('node', sa.String(length=22), nullable=False),
    sa.Column('outcome', sa.String(length=60), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_slot')),
    sa.UniqueConstraint('schedule', 'slot', name=op.f('uq_slot_schedule_slot'))
    )
    op.create_table('issue_file',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('issue_id', sa.String(length=22), nullable=False),
    sa.Column('person_id', sa.String(length=22), nullable=True),
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('ref', sa.String(length=500), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('mime', sa.String(length=100), nullable=False),
    sa.Column('status', sa.String(length=10), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('added', sa.Integer(), nullable=False),
    sa.Column('problems', sa.JSON(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['issue_id'], ['issue.id'], name=op.f('fk_issue_file_issue_id_issue')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_issue_file_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_issue_file'))
    )
    with op.batch_alter_table('issue_file', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_issue_file_issue_id'), ['issue_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_issue_file_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_issue_file_status'), ['status'], unique=False)

    op.create_table('issue_item',
    sa.Column('id', sa.String(length=22), nullable=False),
    sa.Column('issue_id', sa.String(length=22), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('title', sa.JSON(), nullable=False),
    sa.Column('sentence', sa.JSON(), nullable=False),
    sa.Column('source', sa.String(length=300), nullable=False),
    sa.Column('link', sa.String(length=500), nullable=False),
    sa.Column('action', sa.String(length=12), nullable=False),
    sa.Column('topic', sa.String(length=16), nullable=True),
    sa.Column('common', sa.Boolean(), nullable=False),
    sa.Column('normative', sa.Boolean(), nullable=False),
    sa.Column('as_of', sa.Date(), nullable=True),
    sa.Column('expires', sa.Date(), nullable=True),
    sa.Column('signed_by', sa.String(length=22), nullable=False),
    sa.Column('signed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('interest', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['issue_id'], ['issue.id'], name=op.f('fk_issue_item_issue_id_issue')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_issue_item'))
    )
    with op.batch_alter_table('issue_item', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_issue_item_issue_id'), ['issue_id'], unique=False)

    op.create_table('news_reader',
    sa.Column('person_id', sa.String(length=22), nullable=False),
    sa.Column('topics', sa.JSON(), nullable=True),
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('hour', sa.String(length=5), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_news_reader_person_id_person')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_news_reader'))
    )
    op.create_table('recipient',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('issue_id', sa.String(length=22), nullable=False),
    sa.Column('person_id', sa.String(length=22), nullable=True),
    sa.Column('address_id', sa.Integer(), nullable=True),
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('outcome', sa.String(length=10), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('run', sa.String(length=22), nullable=True),
    sa.Column('claimed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('doubts', sa.Integer(), nullable=False),
    sa.Column('ref', sa.String(length=80), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('delivered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.ForeignKeyConstraint(['issue_id'], ['issue.id'], name=op.f('fk_recipient_issue_id_issue')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_recipient_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recipient')),
    sa.UniqueConstraint('issue_id', 'person_id', name=op.f('uq_recipient_issue_id_person_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('recipient', schema=None) as batch_op:
        batch_op.create_index('ix_recipient_sending', ['channel'], unique=False, sqlite_where=sa.text("outcome = 'sending'"), postgresql_where=sa.text("outcome = 'sending'"))
        batch_op.create_index('ix_recipient_todo', ['issue_id', 'channel', 'due_at', 'id'], unique=False, sqlite_where=sa.text("outcome = 'todo'"), postgresql_where=sa.text("outcome = 'todo'"))
        batch_op.create_index('ix_recipient_opened', ['channel', 'opened_at'], unique=False)
        batch_op.create_index('ix_recipient_outcome', ['issue_id', 'channel', 'outcome'], unique=False)
        batch_op.create_index(batch_op.f('ix_recipient_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_recipient_ref'), ['ref'], unique=False)

    op.create_table('suggestion',
    sa.Column('id', sa.String(length=22), nullable=False),
    sa.Column('feed', sa.String(length=40), nullable=False),
    sa.Column('mark', sa.String(length=64), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('summary', sa.String(length=600), nullable=False),
    sa.Column('link', sa.String(length=500), nullable=False),
    sa.Column('published', sa.DateTime(timezone=True), nullable=True),
    sa.Column('found_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('status', sa.String(length=8), nullable=False),
    sa.Column('issue_id', sa.String(length=22), nullable=True),
    sa.ForeignKeyConstraint(['issue_id'], ['issue.id'], name=op.f('fk_suggestion_issue_id_issue')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_suggestion')),
    sa.UniqueConstraint('mark', name=op.f('uq_suggestion_mark'))
    )
    with op.batch_alter_table('suggestion', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_suggestion_found_at'), ['found_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_suggestion_status'), ['status'], unique=False)



def downgrade() -> None:
    """Bring the schema one step back."""
    with op.batch_alter_table('suggestion', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_suggestion_status'))
        batch_op.drop_index(batch_op.f('ix_suggestion_found_at'))

    op.drop_table('suggestion')
    with op.batch_alter_table('recipient', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_recipient_ref'))
        batch_op.drop_index(batch_op.f('ix_recipient_person_id'))
        batch_op.drop_index('ix_recipient_outcome')
        batch_op.drop_index('ix_recipient_opened')
        batch_op.drop_index('ix_recipient_todo', sqlite_where=sa.text("outcome = 'todo'"), postgresql_where=sa.text("outcome = 'todo'"))
        batch_op.drop_index('ix_recipient_sending', sqlite_where=sa.text("outcome = 'sending'"), postgresql_where=sa.text("outcome = 'sending'"))

    op.drop_table('recipient')
    op.drop_table('news_reader')
    with op.batch_alter_table('issue_item', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_issue_item_issue_id'))

    op.drop_table('issue_item')
    with op.batch_alter_table('issue_file', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_issue_file_status'))
        batch_op.drop_index(batch_op.f('ix_issue_file_person_id'))
        batch_op.drop_index(batch_op.f('ix_issue_file_issue_id'))

    op.drop_table('issue_file')
    op.drop_table('slot')
    with op.batch_alter_table('issue', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_issue_state'))
        batch_op.drop_index(batch_op.f('ix_issue_scheduled_at'))

    op.drop_table('issue')
    op.drop_table('feed')
    op.drop_table('bulk_run')
