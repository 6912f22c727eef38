"""The newsletter's pages for readers.

None sets a cookie, so none can have a CSRF token. Signing up is protected by what the browser says about where a form
comes from; where a link from a mail leads, the signed token in it is the authority, and the only one.
"""
