"""What the flows of the newsletter share: its readers' screens, the newsroom's and the desk's."""
