"""appealdesk's engine: takes approved review appeals through merchant back-offices into a local case log.

Nothing below this package names a platform: what a site looks like is data in a pack, what one does there is a flow.
"""
