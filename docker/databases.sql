-- A database and a login for each service, for development only.
-- A login can connect only to its own database.
REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC;

CREATE ROLE user_svc LOGIN PASSWORD 'development-only-user';
CREATE DATABASE user_svc OWNER user_svc;
REVOKE ALL ON DATABASE user_svc FROM PUBLIC;

CREATE ROLE product_svc LOGIN PASSWORD 'development-only-product';
CREATE DATABASE product_svc OWNER product_svc;
REVOKE ALL ON DATABASE product_svc FROM PUBLIC;

CREATE ROLE order_svc LOGIN PASSWORD 'development-only-order';
CREATE DATABASE order_svc OWNER order_svc;
REVOKE ALL ON DATABASE order_svc FROM PUBLIC;

CREATE ROLE payment_svc LOGIN PASSWORD 'development-only-payment';
CREATE DATABASE payment_svc OWNER payment_svc;
REVOKE ALL ON DATABASE payment_svc FROM PUBLIC;
