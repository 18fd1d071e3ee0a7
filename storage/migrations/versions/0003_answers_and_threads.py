"""The answers about the rules, and messages to the welfare manager as threads.

Revision ID: 0003
Revises: 0002
Create Date: 2026-11-25 23:35:47.630388
"""

import sqlalchemy as sa
from alembic import op

from storage.types import Secret

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema one step forward."""
    op.create_table('faq_rating',
    sa.Column('topic_id', sa.String(length=60), nullable=False),
    sa.Column('version', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('verdict', sa.String(length=12), nullable=False),
    sa.Column('times', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('topic_id', 'version', 'verdict', name=op.f('pk_faq_rating'))
    )
    op.create_table('faq_stamp',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_faq_stamp'))
    )
    op.create_table('faq_topic',
    sa.Column('id', sa.String(length=60), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('published', sa.Boolean(), nullable=False),
    sa.Column('edited', sa.Boolean(), nullable=False),
    sa.Column('source', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_faq_topic'))
    )
    op.create_table('faq_asked',
    sa.Column('id', sa.String(length=22), nullable=False),
    sa.Column('group_id', sa.String(length=22), nullable=False),
    sa.Column('person_id', sa.String(length=22), nullable=False),
    sa.Column('text', sa.LargeBinary(), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('reason', sa.String(length=12), nullable=False),
    sa.Column('topic_id', sa.String(length=60), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_faq_asked_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_faq_asked'))
    )
    with op.batch_alter_table('faq_asked', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_faq_asked_group_id'), ['group_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_faq_asked_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_faq_asked_state'), ['state'], unique=False)

    op.create_table('faq_version',
    sa.Column('topic_id', sa.String(length=60), nullable=False),
    sa.Column('version', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('data', sa.JSON(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(length=22), nullable=False),
    sa.Column('why', sa.String(length=20), nullable=False),
    sa.ForeignKeyConstraint(['topic_id'], ['faq_topic.id'], name=op.f('fk_faq_version_topic_id_faq_topic')),
    sa.PrimaryKeyConstraint('topic_id', 'version', name=op.f('pk_faq_version'))
    )
    with op.batch_alter_table('faq_version', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_faq_version_by'), ['by'], unique=False)

    op.create_table('ticket_note',
    sa.Column('id', sa.String(length=22), nullable=False),
    sa.Column('ticket_id', sa.String(length=22), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('by', sa.String(length=22), nullable=False),
    sa.Column('text', sa.LargeBinary(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_ticket_note_ticket_id_ticket')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket_note'))
    )
    with op.batch_alter_table('ticket_note', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ticket_note_ticket_id'), ['ticket_id'], unique=False)

    with op.batch_alter_table('file', schema=None) as batch_op:
        batch_op.add_column(sa.Column('note_id', sa.String(length=22), nullable=True))
    op.execute('UPDATE file SET note_id = ticket_id')
    with op.batch_alter_table('file', schema=None) as batch_op:
        batch_op.alter_column('note_id', existing_type=sa.String(length=22), nullable=False)
        batch_op.create_index(batch_op.f('ix_file_note_id'), ['note_id'], unique=False)

    with op.batch_alter_table('ticket', schema=None) as batch_op:
        batch_op.add_column(sa.Column('matter', sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column('topic_id', sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column('state', sa.String(length=8), nullable=True))
        batch_op.add_column(sa.Column('waiting', sa.String(length=4), nullable=True))
        batch_op.add_column(sa.Column('mark', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('due_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('assignee', sa.String(length=22), nullable=True))
        batch_op.add_column(sa.Column('name', sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True))
    _threads()
    with op.batch_alter_table('ticket', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ticket_answered_at'))
        for name, length in (('matter', 10), ('topic_id', 60), ('state', 8), ('waiting', 4), ('assignee', 22)):
            batch_op.alter_column(name, existing_type=sa.String(length=length), nullable=False)
        batch_op.alter_column('mark', existing_type=sa.Integer(), nullable=False)
        batch_op.create_index(batch_op.f('ix_ticket_state'), ['state'], unique=False)
        batch_op.drop_column('answered_at')
        batch_op.drop_column('answered_by')
        batch_op.drop_column('about')
        batch_op.drop_column('answer')
        batch_op.drop_column('text')


def _threads() -> None:
    """Each message becomes the first of a thread, its answer the second; what followed an earlier one stays apart."""
    conn = op.get_bind()
    old = sa.table(
        'ticket', sa.column('id'), sa.column('text', Secret('ticket.text')), sa.column('opened_at'),
        sa.column('answer', Secret('ticket.answer')), sa.column('answered_by'), sa.column('answered_at'),
    )
    note = sa.table(
        'ticket_note', sa.column('id'), sa.column('ticket_id'), sa.column('number'), sa.column('by'),
        sa.column('text', Secret('ticket.text')), sa.column('at'),
    )
    op.execute(
        "UPDATE ticket SET matter = 'worker', topic_id = '', assignee = COALESCE(answered_by, ''), "
        "state = CASE WHEN answered_at IS NULL THEN 'open' ELSE 'closed' END, "
        "waiting = CASE WHEN answered_at IS NULL THEN 'us' ELSE 'them' END, "
        "mark = CASE WHEN answered_at IS NULL THEN 1 ELSE 2 END, closed_at = answered_at"
    )
    for row in conn.execute(sa.select(old)).all():
        first = {'id': row.id, 'ticket_id': row.id, 'number': 1, 'by': '', 'text': row.text, 'at': row.opened_at}
        conn.execute(sa.insert(note).values(**first))
        if row.answer is not None:
            by = row.answered_by or 'erased'
            answer = {**first, 'id': row.id[:20] + '.a', 'number': 2, 'by': by, 'text': row.answer}
            conn.execute(sa.insert(note).values(**{**answer, 'at': row.answered_at}))


def downgrade() -> None:
    """Bring the schema one step back."""
    with op.batch_alter_table('ticket', schema=None) as batch_op:
        batch_op.add_column(sa.Column('text', sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column('answer', sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column('about', sa.String(length=22), nullable=True))
        batch_op.add_column(sa.Column('answered_by', sa.String(length=22), nullable=True))
        batch_op.add_column(sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True))
    _messages()
    with op.batch_alter_table('ticket', schema=None) as batch_op:
        batch_op.alter_column('text', existing_type=sa.LargeBinary(), nullable=False)
        batch_op.alter_column('about', existing_type=sa.String(length=22), nullable=False)
        batch_op.drop_index(batch_op.f('ix_ticket_state'))
        batch_op.create_index(batch_op.f('ix_ticket_answered_at'), ['answered_at'], unique=False)
        batch_op.drop_column('closed_at')
        batch_op.drop_column('name')
        batch_op.drop_column('assignee')
        batch_op.drop_column('due_at')
        batch_op.drop_column('mark')
        batch_op.drop_column('waiting')
        batch_op.drop_column('state')
        batch_op.drop_column('topic_id')
        batch_op.drop_column('matter')

    with op.batch_alter_table('file', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_file_note_id'))
        batch_op.drop_column('note_id')

    with op.batch_alter_table('ticket_note', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ticket_note_ticket_id'))

    op.drop_table('ticket_note')
    with op.batch_alter_table('faq_version', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_faq_version_by'))

    op.drop_table('faq_version')
    with op.batch_alter_table('faq_asked', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_faq_asked_state'))
        batch_op.drop_index(batch_op.f('ix_faq_asked_person_id'))
        batch_op.drop_index(batch_op.f('ix_faq_asked_group_id'))

    op.drop_table('faq_asked')
    op.drop_table('faq_topic')
    op.drop_table('faq_stamp')
    op.drop_table('faq_rating')


def _messages() -> None:
    """The first message of each thread and the last answer are kept; the old tables have no room for the others."""
    conn = op.get_bind()
    ticket = sa.table(
        'ticket', sa.column('id'), sa.column('about'), sa.column('text', Secret('ticket.text')),
        sa.column('answer', Secret('ticket.answer')), sa.column('answered_by'), sa.column('answered_at'),
    )
    note = sa.table(
        'ticket_note', sa.column('ticket_id'), sa.column('number'), sa.column('by'),
        sa.column('text', Secret('ticket.text')), sa.column('at'),
    )
    for row in conn.execute(sa.select(note).order_by(note.c.ticket_id, note.c.number)).all():
        here = sa.update(ticket).where(ticket.c.id == row.ticket_id)
        if row.number == 1:
            conn.execute(here.values(about='', text=row.text))
        elif row.by:
            conn.execute(here.values(answer=row.text, answered_by=row.by, answered_at=row.at))
