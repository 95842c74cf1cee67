/** Whether this is the portal: the same application in somebody else's page, for one tenant. */
export const isPortal = location.pathname.startsWith('/portal/');
